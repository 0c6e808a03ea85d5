import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { output, runProcess } from '../src/support/process.ts';
import type { Bench, BenchContext, Comparison, Side } from './types.ts';

export const repository: string = join(import.meta.dirname, '..');
const program = join(repository, 'bin/gild.js');

export const startUp: Bench = {
  name: 'start-up',
  summary: 'the command line, against `node -e 0`',
  async *compare(context) {
    await output([process.execPath, 'node_modules/rolldown/bin/cli.mjs', '--config', 'rolldown.config.ts'], {
      cwd: repository,
    });
    const calls = [['--help'], ['validate', 'examples/web-server']];
    for (const args of calls) {
      yield {
        what: `gild ${args.join(' ')}`,
        inside: ['from the start of the process to its end; the bundle, with the compile cache filled'],
        ours: { name: 'gild', run: () => gild(context, args) },
        peer: emptyNode,
        goal: { seconds: 0.3 },
        rounds: 11,
      } satisfies Comparison;
      if (!(await isBundleNewest()))
        context.note('a source changed meanwhile: some of these runs took the sources');
    }
  },
};

/** What `bin/gild.js` goes by. */
async function isBundleNewest(): Promise<boolean> {
  const source = join(repository, 'src');
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const times = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).mtimeMs),
  );
  return Math.max(...times) <= (await stat(join(repository, 'dist/main.js'))).mtimeMs;
}

/** The floor: nothing that runs on Node takes less. */
export const emptyNode: Side = {
  name: 'node -e 0',
  run: () => output([process.execPath, '-e', '0']),
};

export async function gild({ folder }: BenchContext, args: readonly string[], expected = 0): Promise<void> {
  const { exitCode } = await runProcess([process.execPath, program, ...args], {
    cwd: repository,
    env: { HOME: folder, GILD_HOME: join(folder, 'home'), NO_COLOR: '1' },
  });
  assert.equal(exitCode, expected, `gild ${args.join(' ')}`);
}
