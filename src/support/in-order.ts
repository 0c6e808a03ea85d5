/**
 * Runs `job` on up to `atMost` items at once and yields the results in the order of the items. Stops taking items
 * while nobody asks for results; on leaving, waits for the jobs that run.
 */
export async function* inOrder<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  atMost: number,
  job: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const result = job(item);
      result.catch(() => undefined);
      running.push(result);
      if (running.length >= atMost) yield (await running.shift()) as Result;
    }
    for (let next = running.shift(); next !== undefined; next = running.shift()) yield await next;
  } finally {
    await Promise.allSettled(running);
  }
}
