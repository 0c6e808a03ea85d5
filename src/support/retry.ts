import { setTimeout as delay } from 'node:timers/promises';

export interface RetryOptions {
  /** 5 by default. */
  readonly attempts?: number;
  /** Doubled after each attempt, up to 10 s, and shortened at random by up to a half; 250 by default. */
  readonly firstDelayMs?: number;
  /** No attempt starts later than this after the first; 120 s by default. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly isWorthRetrying: (error: unknown) => boolean;
  /** What the far side asked for, in milliseconds, if it did. */
  readonly askedDelayMs?: (error: unknown) => number | undefined;
}

/** Runs until it succeeds, fails for good, or time is up; then throws the last error. */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { attempts = 5, firstDelayMs = 250, deadlineMs = 120_000, signal } = options;
  const start = performance.now();
  for (let count = 1; ; count++) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      const backOff = Math.min(firstDelayMs * 2 ** (count - 1), 10_000) * (1 - Math.random() / 2);
      const wait = Math.max(backOff, options.askedDelayMs?.(error) ?? 0);
      const isLate = performance.now() - start + wait > deadlineMs;
      if (count >= attempts || isLate || !options.isWorthRetrying(error)) throw error;
      await delay(wait, undefined, signal ? { signal } : {});
    }
  }
}
