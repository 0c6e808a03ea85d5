import { readLayer } from '../../build/read-layer.ts';
import { openWorkshop, type Workshop } from '../../build/workshop.ts';
import { chooseImage } from '../../images/choose.ts';
import { diffPackages } from '../../images/diff-packages.ts';
import { diffTrees } from '../../images/diff-trees.ts';
import { imageLabel } from '../../images/reference.ts';
import { diffText, type ImageDiff } from '../look/diff-text.ts';
import type { Cli, DiffOptions } from '../types.ts';

/** Compares two images: packages and files, unless only one of these is asked for. */
export async function diff(options: DiffOptions, cli: Cli): Promise<undefined> {
  const workshop = openWorkshop();
  try {
    workshop.disposer.add(await workshop.records.useContent(cli.signal));
    const found = await compare(options, workshop);
    cli.print(options.json ? JSON.stringify(found, null, 2) : diffText(found, cli.paint));
  } finally {
    await workshop.close();
  }
}

async function compare(options: DiffOptions, { records, trees }: Workshop): Promise<ImageDiff> {
  const before = await chooseImage(records, options.before);
  const after = await chooseImage(records, options.after);
  const both = options.packages === options.files;
  return {
    before: imageLabel(before),
    after: imageLabel(after),
    ...((both || options.packages) && { packages: diffPackages(before.packages, after.packages) }),
    ...((both || options.files) && (await diffTrees(before.layers, after.layers, readLayer(trees)))),
  };
}
