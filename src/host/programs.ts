import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { GildError } from '../support/errors.ts';
import { hostPath } from '../support/process.ts';

const always = ['unshare', 'nsenter', 'mount', 'busybox', 'env', 'cat'];
const forRootless = ['newuidmap', 'newgidmap'];
const optional = ['crun', 'runc', 'slirp4netns'];

export function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? hostPath).split(delimiter);
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** Absolute path of a program. Throws `HOST_TOOL_MISSING`. */
export function requireProgram(name: string): string {
  const path = findProgram(name);
  if (path !== undefined) return path;
  throw new GildError({
    code: 'HOST_TOOL_MISSING',
    message: `\`${name}\` is not installed on this host.`,
    hint: 'Run `gild doctor --install`.',
  });
}

/** Throws `HOST_TOOL_MISSING` with all that is missing at once. */
export function requirePrograms(rootless: boolean): void {
  const missing = [...always, ...(rootless ? forRootless : [])].filter((name) => !findProgram(name));
  if (!findProgram('crun') && !findProgram('runc')) missing.push('crun (or runc)');
  if (missing.length === 0) return;
  throw new GildError({
    code: 'HOST_TOOL_MISSING',
    message: `Not installed on this host: ${missing.join(', ')}.`,
    hint: 'Run `gild doctor --install`.',
  });
}

/** Changes when one of the programs that a probe depends on is replaced. */
export function programsFingerprint(): string {
  return [...always, ...forRootless, ...optional]
    .map((name) => {
      const path = findProgram(name);
      if (path === undefined) return name;
      const { size, mtimeMs } = statSync(path);
      return `${path}:${size}:${mtimeMs}`;
    })
    .join('\n');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
