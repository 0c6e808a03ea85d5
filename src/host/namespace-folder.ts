import { chown, mkdir } from 'node:fs/promises';
import type { Host } from './types.ts';

/** A new empty folder that belongs to the root of our user namespaces. */
export async function makeNamespaceFolder(host: Pick<Host, 'facts'>, path: string): Promise<string> {
  await mkdir(path, { mode: 0o755 });
  await giveToNamespace(host, path);
  return path;
}

/** To the root of our user namespaces. */
export async function giveToNamespace(host: Pick<Host, 'facts'>, path: string): Promise<void> {
  const { rootless, ids } = await host.facts();
  if (!rootless) await chown(path, ids.uid, ids.gid);
}
