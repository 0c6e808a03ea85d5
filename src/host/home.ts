import { chmodSync, chownSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { IdRange } from './ids.ts';

/** GILD_HOME; else `/var/lib/gild` for root and `$XDG_DATA_HOME/gild` for others. */
export function defaultHome(env: NodeJS.ProcessEnv = process.env): string {
  if (env.GILD_HOME) return resolve(env.GILD_HOME);
  if (process.getuid?.() === 0) return '/var/lib/gild';
  const data = env.XDG_DATA_HOME;
  return join(data?.startsWith('/') ? data : join(homedir(), '.local/share'), 'gild');
}

/** Makes the home, closed to everybody but its owner and the namespace's group 0; returns its real path. */
export function prepareHome(home: string, ids: IdRange): string {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (!ids.rootless) chownSync(home, 0, ids.gid);
  chmodSync(home, ids.rootless ? 0o700 : 0o710);
  return realpathSync(home);
}

/** The highest folder on the way to `path` that other users cannot search, `path` itself left out. */
export function closedAncestor(path: string): string | undefined {
  const parent = dirname(path);
  const above = parent === path ? undefined : closedAncestor(parent);
  if (above !== undefined || parent === path) return above;
  return (statSync(parent).mode & 0o001) === 0 ? parent : undefined;
}
