import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';

const script = `
  import { watchSignals } from ${JSON.stringify(join(import.meta.dirname, 'signals.ts'))};
  const watch = watchSignals();
  const alive = setInterval(() => {}, 1000);
  watch.signal.addEventListener('abort', () => console.log('aborted ' + watch.signal.reason.code));
  if (process.argv[1] === 'leave') {
    let back;
    process.on('SIGINT', () => setImmediate(() => back()));
    watch.leaveTo(() => new Promise((resolve) => { back = resolve; })).then(() => console.log('back ' + watch.signal.aborted));
  }
  console.log('ready');
`;

describe('watchSignals', () => {
  it('aborts at the first Ctrl-C and ends the process at the second', async () => {
    const { child, line } = await start('watch');
    child.kill('SIGINT');
    expect(await line()).toBe('aborted CANCELLED');
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
  });

  it('leaves Ctrl-C to the program that has the terminal', async () => {
    const { child, line } = await start('leave');
    child.kill('SIGINT');
    expect(await line()).toBe('back false');
    child.kill('SIGTERM');
    expect(await line()).toBe('aborted CANCELLED');
    child.kill('SIGKILL');
  });
});

async function start(mode: string) {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => (await lines.next()).value as string;
  expect(await line()).toBe('ready');
  return { child, line };
}
