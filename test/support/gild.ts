import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunOptions, runProcess } from '../../src/support/process.ts';
import { remember } from './tell-of-failures.ts';

export interface Said {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command line in a process of its own. */
export async function gild(
  home: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  where: GildOptions = {},
): Promise<Said> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const { exitCode } = await runProcess([process.execPath, gildProgram, ...args], {
    ...where,
    env: { GILD_HOME: home, HOME: home, NO_COLOR: '1', CI: 'true', ...env },
    onStdout: (chunk) => out.push(chunk),
    onStderr: (chunk) => err.push(chunk),
  });
  const said = { exitCode, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
  remember(args, said);
  return said;
}

export type GildOptions = Pick<RunOptions, 'cwd' | 'onSpawn' | 'timeoutMs'>;

export const gildProgram: string = join(import.meta.dirname, '../../bin/gild.js');

/** A folder of its own for a test file, and the way to be rid of it: what Gild made in it has foreign owners. */
export async function temporaryFolder(label: string): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `gild-${label}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
