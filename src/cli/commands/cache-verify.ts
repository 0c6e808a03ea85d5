import { type StoreReport, verifyStore } from '../../build/cache/verify-store.ts';
import { openWorkshop } from '../../build/workshop.ts';
import { exitCodes } from '../../support/errors.ts';
import type { Cli } from '../types.ts';
import { formatBytes } from '../units.ts';

/** Reads all that the store holds; exits 1 if an image lacks something. */
export async function cacheVerify({ json }: { readonly json: boolean }, cli: Cli): Promise<number> {
  const workshop = openWorkshop();
  try {
    const report = await verifyStore(workshop, cli.signal);
    cli.print(json ? JSON.stringify(report, undefined, 2) : reportText(report));
    return report.images.length > 0 ? exitCodes.build : 0;
  } finally {
    await workshop.close();
  }
}

function reportText({ blobs, folders, images, entries }: StoreReport): string {
  return [
    `${blobs.count} blobs read (${formatBytes(blobs.bytes)}): ${verdict(blobs.damaged)}`,
    `${folders.count} unpacked layers looked at: ${verdict(folders.damaged)}`,
    ...entries.map((name) => `${name} needs what is gone: the next build that wants it makes it anew`),
    ...images.map(({ image, missing }) => `${image} lacks ${missing.join(', ')}: build it again`),
  ].join('\n');
}

function verdict(damaged: readonly string[]): string {
  return damaged.length === 0
    ? 'all right'
    : `${damaged.length} damaged and put aside: ${damaged.join(', ')}`;
}
