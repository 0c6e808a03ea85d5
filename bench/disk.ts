import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDisk } from '../src/disks/build-disk.ts';
import type { ReadTree } from '../src/disks/types.ts';
import { output } from '../src/support/process.ts';
import { debianLayer, epoch, openStores } from './tree.ts';
import type { Bench, Side } from './types.ts';

const rounds = 5;
const gibibyte = 2 ** 30;
const headroom = 512 * 2 ** 20;

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
    const whole: Side = {
      name: 'buildDisk',
      run: async () => {
        const read: ReadTree = (sink, settled) => stores.trees.read({ layers: [layer] }, sink, { settled });
        const made = await buildDisk(read, {
          host: stores.host,
          seed: layer.diffId,
          spec: {
            headroom,
            filesystem: 'ext4',
            partitions: [],
            firmware: ['bios', 'uefi'],
            boot: 'grub',
            secureBoot: false,
            kernelOptions: '',
            keep: [],
          },
          esp: new Map(),
          epoch,
          path: ours,
        });
        await made.close();
      },
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
        run: () => output(['mke2fs', '-q', '-t', 'ext4', '-d', folder, theirs, String(gibibyte / 1024)]),
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
  },
};
