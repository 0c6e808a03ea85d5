import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `ask` answers something true, and no longer than the deadline; returns the last answer. */
export async function until<T>(ask: () => T | Promise<T>, milliseconds: number): Promise<T> {
  const end = performance.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer || performance.now() > end) return answer;
    await delay(5);
  }
}
