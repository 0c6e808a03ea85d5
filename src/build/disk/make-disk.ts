import { join } from 'node:path';
import { buildDisk } from '../../disks/build-disk.ts';
import { createFormats, type MadeFormats } from '../../disks/formats/made-formats.ts';
import type { ReadTree } from '../../disks/types.ts';
import type { Tree } from '../../model/tree.ts';
import { fileName } from '../../outputs/file-name.ts';
import type { ImageJob } from '../image-job.ts';
import { makeDiskTree } from './disk-tree.ts';

/** The disk of a tree, in any number of formats: built with the first that is asked for, in a folder of the run. */
export function diskMaker(tree: Tree, job: ImageJob): MadeFormats['made'] {
  let formats: Promise<MadeFormats> | undefined;
  return async (format, options) => {
    formats ??= openFormats(tree, job);
    return (await formats).made(format, options);
  };
}

async function openFormats(tree: Tree, job: ImageJob): Promise<MadeFormats> {
  const { workshop, hooks } = job;
  const { host, disposer, trees } = workshop;
  const { plan } = job.planned;
  const { signal } = hooks;
  const { tree: whole, seed, esp } = await makeDiskTree(tree, job);
  const scratch = await host.scratch('disk');
  disposer.add(() => scratch.release());
  const { disk: spec, epoch, architecture, image } = plan;
  const path = join(scratch.path, 'disk.raw');
  const read: ReadTree = (sink, settled) => trees.read(whole, sink, { settled, signal });
  const disk = await buildDisk(read, { host, seed, spec, esp, epoch, path, signal });
  disposer.add(() => disk.close());
  const stem = fileName(image, '').replace(/\.$/, '');
  return createFormats({ ...image, disk, seed, stem, architecture, epoch, signal, folder: scratch.path });
}
