import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeNamespaceFolder } from '../host/namespace-folder.ts';
import type { Host } from '../host/types.ts';

/** Where a layer is unpacked to before `LayerFolders.moveIn` takes `folder` over. */
export async function makeUnpackedFolder(
  host: Host,
  scratch: string,
): Promise<{ readonly folder: string; readonly fs: string }> {
  const folder = join(scratch, 'layer');
  await mkdir(folder);
  return { folder, fs: await makeNamespaceFolder(host, join(folder, 'fs')) };
}
