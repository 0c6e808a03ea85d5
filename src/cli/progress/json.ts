import type { Progress } from './types.ts';

/** One event per line, all of them, for programs; `also` are fields that each line has. */
export function createJsonProgress(
  write: (text: string) => void,
  also: Readonly<Record<string, string>> = {},
): Progress {
  return {
    show: (event) => write(`${JSON.stringify({ ...event, ...also })}\n`),
    pause: () => {},
    resume: () => {},
    cancelling: () => {},
    close: () => {},
  };
}
