import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { sha256 } from '../../support/canonical.ts';
import { runProcess } from '../../support/process.ts';

/** Paths that are there while the tests of a file run. */
export interface ScratchImage {
  readonly folder: string;
  /** Of a file that each test makes anew. */
  readonly image: string;
  /** A folder to mount it on. */
  readonly mounted: string;
}

/** Digests of what `write` makes, once beside the image and once in its place. */
export async function writtenTwice(
  { image }: ScratchImage,
  write: (path: string) => Promise<unknown>,
): Promise<[string, string]> {
  const digest = async (path: string) => {
    await write(path);
    return sha256(await readFile(path));
  };
  return [await digest(`${image}-again`), await digest(image)];
}

/** To be called where tests are declared. */
export function useScratchImage(label: string): ScratchImage {
  const paths = { folder: '', image: '', mounted: '' };
  beforeAll(async () => {
    paths.folder = await mkdtemp(join(tmpdir(), `gild-${label}-`));
    paths.image = join(paths.folder, 'image');
    paths.mounted = join(paths.folder, 'mounted');
    await mkdir(paths.mounted);
  });
  afterEach(async () => {
    await runProcess(['umount', paths.mounted]);
    await rm(paths.image, { force: true });
  });
  afterAll(() => rm(paths.folder, { recursive: true }));
  return paths;
}
