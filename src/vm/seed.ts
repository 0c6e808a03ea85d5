import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cloudInitSeed } from './credentials.ts';

/** A folder that the machine sees as a small disk, for cloud-init. Another instance each time, as in a cloud. */
export async function writeSeed(folder: string, publicKey: string): Promise<string> {
  const seed = join(folder, 'seed');
  await mkdir(seed, { mode: 0o755 });
  for (const [name, text] of Object.entries(cloudInitSeed(publicKey, randomUUID()))) {
    await writeFile(join(seed, name), text, { mode: 0o644 });
  }
  return seed;
}
