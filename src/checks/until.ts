import { setTimeout as pause } from 'node:timers/promises';

const interval = 100;

/** Even a try that starts at the last moment gets this long, so that it can say what is wrong, also on a busy host. */
const leastMs = 10_000;

/** Asks again and again until there is an answer or the time is up; then what the last try said. */
export async function until<Outcome extends { readonly done: boolean }>(
  attempt: (timeoutMs: number) => Promise<Outcome>,
  options: { readonly seconds: number; readonly signal?: AbortSignal | undefined },
): Promise<Outcome> {
  const deadline = performance.now() + options.seconds * 1000;
  for (;;) {
    options.signal?.throwIfAborted();
    const outcome = await attempt(Math.ceil(Math.max(leastMs, deadline - performance.now())));
    if (outcome.done || performance.now() + interval >= deadline) return outcome;
    await pause(interval, undefined, { signal: options.signal });
  }
}
