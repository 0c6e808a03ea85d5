import { styleText } from 'node:util';
import type { Paint } from './types.ts';

/** Colours for one stream, decided once: NO_COLOR, FORCE_COLOR, and whether a terminal is there. */
export function createPaint(
  stream: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv = process.env,
): Paint {
  if (!wantsColors(stream.isTTY === true, env)) return plainPaint;
  return (style, text) =>
    styleText(style as Parameters<typeof styleText>[0], text, { validateStream: false });
}

export const plainPaint: Paint = (_style, text) => text;

function wantsColors(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal && env.TERM !== 'dumb';
}

/** Whether the terminal shows more than ASCII: the Linux console does not. */
export function marksFor(env: NodeJS.ProcessEnv = process.env): Marks {
  return env.TERM === 'linux' ? asciiMarks : unicodeMarks;
}

export interface Marks {
  readonly success: string;
  readonly failed: string;
  readonly ignored: string;
  readonly skipped: string;
  readonly reused: string;
  readonly cancelled: string;
  readonly running: string;
  readonly bar: string;
}

const unicodeMarks: Marks = {
  success: '✔',
  failed: '✖',
  ignored: '!',
  skipped: '-',
  reused: '✔',
  cancelled: '○',
  running: '●',
  bar: '│',
};

const asciiMarks: Marks = {
  success: '+',
  failed: 'x',
  ignored: '!',
  skipped: '-',
  reused: '+',
  cancelled: 'o',
  running: '>',
  bar: '|',
};
