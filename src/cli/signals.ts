import { exitCodes, GildError } from '../support/errors.ts';

export interface SignalWatch {
  /** Aborted with `CANCELLED` by the first SIGINT, SIGTERM or SIGHUP; the second ends the process at once. */
  readonly signal: AbortSignal;
  /** Signals of the terminal are those of `job`'s program meanwhile. */
  leaveTo(job: () => Promise<void>): Promise<void>;
}

export function watchSignals(): SignalWatch {
  const controller = new AbortController();
  let left = 0;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (left > 0 && name === 'SIGINT') return;
      if (controller.signal.aborted) process.exit(exitCodes.cancelled);
      controller.abort(new GildError({ code: 'CANCELLED', message: 'Cancelled.' }));
    });
  }
  return {
    signal: controller.signal,
    async leaveTo(job) {
      left++;
      try {
        await job();
      } finally {
        left--;
      }
    },
  };
}
