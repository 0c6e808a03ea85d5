import { PassThrough } from 'node:stream';
import { runProcess } from '../../support/process.ts';

/** Tells which scripts bash can read: one process for any number, for to start one costs more than to read with it. */
export interface ScriptReader {
  /** False where bash says anything of it, does not answer in time, or is not there. */
  isRight(text: string): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Reads scripts that end with a zero byte, and answers each with what a process forked for it says, and a zero byte.
 * `set -n` is a command of its own, so that nothing after it is run.
 */
const program = `
while IFS= read -r -d '' text; do
  (eval "set -n
$text") 2>&1
  printf '\\0'
done`;

export const bashArguments = ['bash', '--norc', '--noprofile', '-O', 'extglob'];
export const bashEnvironment = { cwd: '/', env: { LC_ALL: 'C' } };
/** Bash answers within milliseconds, but not on a host where others have the processors. */
export const patienceMs = 20_000;

/** Bash is started for the first script, and again after one that it did not answer. */
export function createScriptReader(signal?: AbortSignal): ScriptReader {
  let reading: Reading | undefined;
  return {
    isRight: (text) => {
      if (text.includes('\0')) return Promise.resolve(false);
      if (!reading || reading.hasEnded()) reading = startReading(signal);
      return reading.isRight(text);
    },
    close: async () => reading?.close(),
  };
}

interface Reading extends ScriptReader {
  hasEnded(): boolean;
}

function startReading(signal: AbortSignal | undefined): Reading {
  const stdin = new PassThrough();
  const stop = new AbortController();
  const waiting: ((isRight: boolean) => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let said = '';
  let hasEnded = false;
  const watch = () => {
    clearTimeout(timer);
    timer = waiting.length > 0 ? setTimeout(() => stop.abort(), patienceMs) : undefined;
  };
  const answer = (chunk: Buffer) => {
    const [last = '', ...others] = (said + chunk.toString('latin1')).split('\0').reverse();
    for (const complaint of others.reverse()) waiting.shift()?.(complaint === '');
    said = last;
    watch();
  };
  const ended = runProcess([...bashArguments, '-c', program], {
    ...bashEnvironment,
    stdin,
    onStdout: answer,
    signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
  })
    .catch(() => undefined)
    .finally(() => {
      hasEnded = true;
      clearTimeout(timer);
      for (const resolve of waiting.splice(0)) resolve(false);
    });
  return {
    hasEnded: () => hasEnded,
    isRight: (text) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        stdin.write(`${text}\0`);
        if (waiting.length === 1) watch();
      }),
    close: async () => {
      stdin.end();
      await ended;
    },
  };
}
