import type { Progress } from './types.ts';

/** One event per line, all of them, for programs. */
export function createJsonProgress(write: (text: string) => void): Progress {
  return {
    show: (event) => write(`${JSON.stringify(event)}\n`),
    pause: () => {},
    resume: () => {},
    cancelling: () => {},
    close: () => {},
  };
}
