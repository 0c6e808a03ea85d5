import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDisk } from '../src/disks/build-disk.ts';
import { createFormats } from '../src/disks/formats/made-formats.ts';
import type { ReadTree } from '../src/disks/types.ts';
import type { DiskSpec } from '../src/model/disk.ts';
import { output } from '../src/support/process.ts';
import { facts, ways } from './formats.ts';
import { debianLayer, epoch, openStores } from './tree.ts';
import type { Bench, Side } from './types.ts';

const rounds = 5;
const gibibyte = 2 ** 30;
const spec: DiskSpec = {
  headroom: 512 * 2 ** 20,
  filesystem: 'ext4',
  partitions: [],
  firmware: ['bios', 'uefi'],
  boot: 'grub',
  secureBoot: false,
  kernelOptions: '',
  keep: [],
};

export const disk: Bench = {
  name: 'disk',
  summary: 'a tree to a whole disk that BIOS and UEFI boot, against the file system alone by `mke2fs -d`',
  async *compare(context) {
    const stores = openStores(context, 'disk-home');
    const layer = await debianLayer(context, stores);
    const [folder = ''] = await stores.trees.directories([layer]);
    const ours = join(context.folder, 'ours.raw');
    const theirs = join(context.folder, 'theirs');
    const inside = ['ours: pack the tree in a namespace, ext4, GRUB for BIOS and UEFI, FAT, GPT; not hashed'];
    const build = () => {
      const read: ReadTree = (sink, settled) => stores.trees.read({ layers: [layer] }, sink, { settled });
      const { host } = stores;
      return buildDisk(read, { host, seed: layer.diffId, spec, esp: new Map(), epoch, path: ours });
    };
    const makeFileSystem = () =>
      output(['mke2fs', '-q', '-t', 'ext4', '-d', folder, theirs, String(gibibyte / 1024)]);
    const whole: Side = {
      name: 'buildDisk',
      run: async () => (await build()).close(),
      tidy: async () => {
        await output(['sfdisk', '--verify', ours]);
        await rm(ours);
      },
    };
    yield {
      what: 'tree to raw disk',
      inside: [
        ...inside,
        'peer: ext4 of 1 GiB from the same folder, read as root; both from and to the page cache',
      ],
      ours: whole,
      peer: {
        name: 'mke2fs -d',
        run: makeFileSystem,
        tidy: () => rm(theirs),
      },
      goal: { ratio: 1.5 },
      rounds,
    };
    yield {
      what: 'tree to raw disk: floor',
      inside: [
        ...inside,
        'floor: read the same folder as root and write what is in it, one file after the other',
      ],
      ours: whole,
      peer: {
        name: 'tar -c into a file',
        run: () => output(['tar', '--create', `--file=${theirs}`, `--directory=${folder}`, '.']),
        tidy: () => rm(theirs),
      },
      goal: { ratio: 4 },
      rounds,
    };
    for (const { format, options, convert } of ways) {
      const converted = `${theirs}.converted`;
      yield {
        what: ['tree to', format.name, ...Object.values(options)].join(' '),
        inside: [
          'ours: the same, then the format of it: compressed, hashed, flushed to disk',
          'peer: the same file system, then qemu-img; neither hashed nor flushed',
        ],
        ours: {
          name: 'buildDisk and the format',
          run: async () => {
            const made = await build();
            await createFormats({ ...facts, disk: made, folder: context.folder }).made(format, options);
            await made.close();
          },
          tidy: () => output(['find', context.folder, '-maxdepth', '1', '-type', 'f', '-delete']),
        },
        peer: {
          name: `mke2fs -d, qemu-img convert ${convert.join(' ')}`,
          run: async () => {
            await makeFileSystem();
            await output(['qemu-img', 'convert', '-f', 'raw', ...convert, theirs, converted]);
          },
          tidy: () => output(['rm', theirs, converted]),
        },
        goal: { ratio: compresses(convert) ? 1 : 2 },
        rounds: 3,
      };
    }
  },
};

/** What `mke2fs -d` does not do is hidden behind the compression, where there is any. */
function compresses(convert: readonly string[]): boolean {
  return convert.includes('-c') || convert.some((option) => option.includes('streamOptimized'));
}
