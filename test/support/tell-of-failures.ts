import { appendFileSync } from 'node:fs';
import { afterEach } from 'vitest';

interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const runs: string[] = [];

/** Remembers what gild said last: that is what one wants to know first of a test that fails. */
export function remember(args: readonly string[], { exitCode, stdout, stderr }: Run): void {
  const lines = (stderr.trim() || stdout.trim()).split('\n').slice(-15);
  const shown = lines.map((line) => `  ${line.slice(0, 300)}`);
  runs.push([`gild ${args.join(' ')}: exit code ${exitCode}`, ...shown].join('\n'));
  runs.splice(0, runs.length - 2);
}

/** To a file where `GILD_TEST_FAILURES` names one. */
afterEach(({ task }) => {
  if (task.result?.state !== 'fail' || runs.length === 0) return;
  const text = `\n${task.fullName}\n${runs.join('\n')}\n`;
  const file = process.env.GILD_TEST_FAILURES;
  if (file) appendFileSync(file, text);
  else process.stdout.write(text);
});
