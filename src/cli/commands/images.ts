import { withRecords } from '../../build/records.ts';
import type { Image } from '../../model/image.ts';
import { imageSize, imageTable } from '../look/image-table.ts';
import type { Cli, ImagesOptions } from '../types.ts';

/** Lists what is on record. */
export async function images({ name, json }: ImagesOptions, cli: Cli): Promise<undefined> {
  const found = await withRecords(({ records }) => records.list(name));
  if (json) cli.print(JSON.stringify(found.map(brief), null, 2));
  else if (found.length > 0) cli.print(imageTable(found, cli, new Date()));
  else
    cli.note(
      name === undefined
        ? 'No image is recorded yet: `gild build` makes one.'
        : `There is no image \`${name}\`.`,
    );
}

/** All but what makes a list long: `inspect` has that. */
function brief(image: Image) {
  const { layers, packages, components, verdicts, config, ...rest } = image;
  return { ...rest, size: imageSize({ layers }), packages: packages.length };
}
