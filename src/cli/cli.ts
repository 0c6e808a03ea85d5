import { createInterface } from 'node:readline/promises';
import { GildError } from '../support/errors.ts';
import { createPaint } from './paint.ts';
import { watchSignals } from './signals.ts';
import type { Ask, Cli } from './types.ts';

/** This process as a `Cli`. Signals are left alone until a command asks for its `signal`. */
export function createCli(): Cli {
  const interactive = process.stdin.isTTY === true && process.stderr.isTTY === true && !process.env.CI;
  let watch: ReturnType<typeof watchSignals> | undefined;
  const signals = () => {
    watch ??= watchSignals();
    return watch;
  };
  return {
    print: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    paint: createPaint(process.stdout),
    columns: process.stdout.columns || 80,
    interactive,
    get signal() {
      return signals().signal;
    },
    ask: interactive ? (question, choices) => askPerson(question, choices, signals().signal) : answerFirst,
    interact: (job) => signals().leaveTo(job),
  };
}

const answerFirst: Ask = async (_question, choices) => choices[0] ?? '';

/** Takes a choice by its name or its beginning; an empty line, or the end of input, is the first one. */
async function askPerson(question: string, choices: readonly string[], signal: AbortSignal): Promise<string> {
  const paint = createPaint(process.stderr);
  const [first = '', ...others] = choices;
  const offered = [paint('bold', first), ...others].join('/');
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    for (;;) {
      const typed = await Promise.race([lines.question(`${question} [${offered}] `, { signal }), ended]);
      const answer = typed.trim().toLowerCase();
      const meant = answer === '' ? first : choices.filter((choice) => choice.startsWith(answer));
      if (typeof meant === 'string') return meant;
      if (meant.length === 1 && meant[0] !== undefined) return meant[0];
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new GildError({ code: 'CANCELLED', message: 'Cancelled.', cause: error });
  } finally {
    lines.close();
  }
}
