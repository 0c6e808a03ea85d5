import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../model/digest.ts';
import { sha256 } from '../../support/canonical.ts';
import { writeAtomically } from '../../support/files.ts';
import type { Manifest } from '../../support/registry/client.ts';
import { isDigest } from '../../support/registry/reference.ts';

/** Small content of a known digest: from `cache/registry` of the home if it is there whole, else as `read` brings it. */
export async function keptContent(
  home: string,
  digest: Digest,
  read: () => Promise<Buffer>,
): Promise<Buffer> {
  const path = pathOf(home, digest);
  const kept = await readFile(path).catch(() => undefined);
  if (kept && sha256(kept) === digest) return kept;
  const bytes = await read();
  await writeAtomically(path, bytes);
  return bytes;
}

/** A tag is always asked for. What a manifest is, it says itself or shows by its fields. */
export async function keptManifest(
  home: string,
  reference: string,
  read: () => Promise<Manifest>,
): Promise<Manifest> {
  if (isDigest(reference)) {
    const bytes = await keptContent(home, reference, async () => (await read()).bytes);
    return { digest: reference, mediaType: '', bytes };
  }
  const manifest = await read();
  await writeAtomically(pathOf(home, manifest.digest), manifest.bytes);
  return manifest;
}

function pathOf(home: string, digest: Digest): string {
  return join(home, 'cache', 'registry', digest.slice('sha256:'.length));
}
