import { chown, mkdir } from 'node:fs/promises';
import type { Host } from './types.ts';

/** A new empty folder that belongs to the root of our user namespaces. */
export async function makeNamespaceFolder(host: Host, path: string): Promise<string> {
  const { rootless, ids } = await host.facts();
  await mkdir(path, { mode: 0o755 });
  if (!rootless) await chown(path, ids.uid, ids.gid);
  return path;
}
