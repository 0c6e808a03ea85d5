import { rmdirSync } from 'node:fs';
import { GildError } from '../support/errors.ts';
import { runProcess } from '../support/process.ts';
import type { Host } from './types.ts';

/**
 * Removes a folder whatever is in it: files of the namespace's ids, hostile names, folders without permissions,
 * paths longer than the kernel takes in one piece. Follows no link. Nothing may run in it any more.
 */
export async function removeTree(host: Host, path: string): Promise<void> {
  if (isRemovedAsEmpty(path)) return;
  const remove = ['rm', '-rf', '--one-file-system', '--', path];
  const said: Buffer[] = [];
  if ((await runProcess(remove)).exitCode === 0) return;
  const namespace = await host.namespace({ network: 'off' });
  try {
    const { exitCode } = await namespace.exec(remove, { onStderr: (chunk) => said.push(chunk) });
    if (exitCode === 0) return;
  } finally {
    await namespace.close();
  }
  const reason = Buffer.concat(said).toString().trim().split('\n').at(-1);
  throw new GildError({ code: 'HOST_UNSUPPORTED', message: `${path} cannot be removed: ${reason}` });
}

/** Spares the start of a program. */
function isRemovedAsEmpty(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch {
    return false;
  }
}
