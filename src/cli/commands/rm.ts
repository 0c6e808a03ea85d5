import { chooseAll, chooseNone, collectCache } from '../../build/cache/collect.ts';
import { openWorkshop, type Workshop } from '../../build/workshop.ts';
import { chooseImages } from '../../images/choose.ts';
import { imageLabel } from '../../images/reference.ts';
import type { Collected } from '../../images/types.ts';
import type { Image } from '../../model/image.ts';
import { GildError } from '../../support/errors.ts';
import type { Cli, RmOptions } from '../types.ts';
import { formatBytes, formatCount } from '../units.ts';

/** Removes images, then all that nothing needs any more; with `unused` also what waits for later. */
export async function rm(options: RmOptions, cli: Cli): Promise<undefined> {
  const workshop = openWorkshop();
  try {
    const images = await chosen(workshop, options, cli);
    for (const image of images) await workshop.records.remove(image, { evenIfUsed: options.force });
    const { dropped: _, ...freed } = await collectCache(workshop, options.unused ? chooseAll : chooseNone);
    report(images.map(imageLabel), freed, options, cli);
  } finally {
    await workshop.close();
  }
}

/** Newest first, so that what was made from another one goes before it. */
async function chosen({ records }: Workshop, options: RmOptions, cli: Cli): Promise<readonly Image[]> {
  const chosen = new Map<string, Image>();
  for (const reference of options.images) {
    const named = await chooseImages(records, reference);
    if (named.length > 1 && !options.all) await confirm(reference, named, cli);
    for (const image of named) chosen.set(imageLabel(image), image);
  }
  return [...chosen.values()].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

async function confirm(reference: string, named: readonly Image[], cli: Cli): Promise<void> {
  const labels = named.map(imageLabel);
  if (cli.interactive) {
    cli.note(labels.join('\n'));
    if ((await cli.ask(`Remove these ${labels.length} images?`, ['no', 'yes'])) === 'yes') return;
    throw new GildError({ code: 'CANCELLED', message: 'Nothing was removed.' });
  }
  throw new GildError({
    code: 'USAGE',
    message: `\`${reference}\` names ${labels.length} images: ${labels.slice(0, 5).join(', ')}${labels.length > 5 ? ' ...' : ''}.`,
    hint: 'Name one with its build number, or remove them all with `--all`.',
  });
}

function report(removed: readonly string[], freed: Collected, { json }: RmOptions, cli: Cli): void {
  if (json) {
    cli.print(JSON.stringify({ removed, freed }, null, 2));
    return;
  }
  for (const label of removed) cli.print(`removed ${label}`);
  if (freed.busy)
    cli.note('A build or export is running: what only these needed is removed by the next `gild rm`.');
  else
    cli.print(
      `${formatBytes(freed.bytes)} freed: ${formatCount(freed.layers, 'layer')}, ${formatCount(freed.blobs, 'blob')}`,
    );
}
