import { relative } from 'node:path';
import { exportArtifacts } from '../../build/export-artifacts.ts';
import { withContent } from '../../build/records.ts';
import { chooseImage } from '../../images/choose.ts';
import type { Cli, ExportOptions } from '../types.ts';

/** Writes artifacts to a folder and prints their paths. */
async function exportImage(options: ExportOptions, cli: Cli): Promise<undefined> {
  const { to, types, force } = options;
  const written = await withContent(cli.signal, async ({ records, blobs }) => {
    const image = await chooseImage(records, options.image);
    return exportArtifacts({ image, to, types, force }, blobs);
  });
  if (written.size === 0) cli.note('The image has no artifacts: its recipe names no outputs.');
  for (const path of written.values()) cli.print(nearPath(path));
}

/** Relative where that is shorter to read. */
function nearPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
}

export { exportImage as export };
