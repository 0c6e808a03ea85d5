import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { treeId } from '../../cache/key.ts';
import { grubConfig } from '../../disks/boot/grub-config.ts';
import { rootUuid } from '../../disks/build-disk.ts';
import { type EspFiles, espFolder, readEspFiles } from '../../disks/esp.ts';
import { fstab } from '../../disks/fstab.ts';
import type { Tree } from '../../model/tree.ts';
import type { Machine } from '../../platforms/types.ts';
import { remains, sanitise } from '../../sanitise/sanitise.ts';
import { GildError } from '../../support/errors.ts';
import { noXattrs, type TarEntry } from '../../support/tar/entry.ts';
import { createTarWriter } from '../../support/tar/writer.ts';
import { findBoot } from '../boot/find-boot.ts';
import { ownLoaders } from '../boot/loaders.ts';
import { type ImageJob, platformOf } from '../image-job.ts';
import { readLayer } from '../read-layer.ts';
import { diskTreeWork } from '../work.ts';

/** What a disk holds: the tree, cleaned up, with what it is booted by. `seed`: what the disk's identifiers come from. */
export interface DiskTree {
  readonly tree: Tree;
  readonly seed: string;
  readonly esp: EspFiles;
}

/**
 * Lays the last layer on a tree that becomes a disk. Throws `DISK_NOT_BOOTABLE` where it has no kernel or no init, and
 * `NOT_SANITISED` where the clean-up left something behind, as found by looking anew.
 */
export async function makeDiskTree(tree: Tree, job: ImageJob): Promise<DiskTree> {
  const { plan } = job.planned;
  const seed = treeId(tree.layers);
  const { result } = await job.cache.reuse(diskTreeWork(plan, tree), async () => {
    const platform = await platformOf(job);
    const { signal } = job.hooks;
    const machine = await platform.start(tree, { network: 'off', limits: plan.limits, signal });
    try {
      await finish(machine, job, seed);
      return { layers: [await machine.capture({ epoch: plan.epoch, createdBy: 'gild disk' })] };
    } finally {
      await machine.close();
    }
  });
  const { layers: own = [] } = result;
  const read = readLayer(job.workshop.trees);
  const esp = await readEspFiles(async (sink) => {
    for (const layer of own) await read(layer, sink);
  });
  return { tree: { layers: [...tree.layers, ...own] }, seed, esp };
}

async function finish(machine: Machine, job: ImageJob, seed: string): Promise<void> {
  const { disk, image, epoch } = job.planned.plan;
  const { signal } = job.hooks;
  const boot = await findBoot(machine);
  await sanitise(machine, { keep: disk.keep, signal });
  const left = await remains(machine, { keep: disk.keep, signal });
  if (left.length > 0)
    throw new GildError({
      code: 'NOT_SANITISED',
      message: `The clean-up left something behind: ${left.slice(0, 5).join('; ')}`,
      hint: 'What is to stay is named in `disk.keep` of the recipe.',
    });
  const uuid = rootUuid(seed);
  const { kernelOptions } = disk;
  const grub = { title: image.name, rootUuid: uuid, ...boot, kernelOptions };
  const loaders = await ownLoaders(machine, { disk, rootUuid: uuid, boot });
  const files = new Map<string, string | Buffer>([
    ['etc/fstab', fstab(disk, seed)],
    ...(disk.boot === 'grub' ? [['boot/grub/grub.cfg', grubConfig(grub)] as const] : []),
    ...[...loaders].map(([path, content]) => [`${espFolder}/${path}`, content] as const),
  ]);
  await machine.put(Readable.from(tarOf(files, epoch)));
}

function tarOf(files: ReadonlyMap<string, string | Buffer>, epoch: number): readonly Buffer[] {
  const writer = createTarWriter();
  for (const [path, content] of files) {
    const bytes = Buffer.from(content);
    for (const folder of foldersOf(path)) writer.entry(entryOf(folder, 'directory', 0, epoch));
    writer.entry(entryOf(path, 'file', bytes.length, epoch));
    writer.data(bytes);
  }
  writer.end();
  return writer.take();
}

function foldersOf(path: string): string[] {
  const parent = posix.dirname(path);
  return parent === '.' ? [] : [...foldersOf(parent), parent];
}

function entryOf(path: string, type: 'file' | 'directory', size: number, epoch: number): TarEntry {
  const mode = type === 'directory' ? 0o755 : 0o644;
  const rest = { uid: 0, gid: 0, target: '', major: 0, minor: 0, xattrs: noXattrs, offset: 0, contentAt: 0 };
  return { path, type, mode, size, mtime: epoch, ...rest };
}
