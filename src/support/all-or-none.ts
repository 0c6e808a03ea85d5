/**
 * Waits for all jobs that `start` begins; results are in their order. The first failure stops the others by `signal`,
 * and is thrown once all have ended.
 */
export async function allOrNone<Result>(
  outer: AbortSignal,
  start: (signal: AbortSignal) => readonly Promise<Result>[],
): Promise<Result[]> {
  const stop = new AbortController();
  const failures: unknown[] = [];
  const jobs = start(AbortSignal.any([outer, stop.signal]));
  const noted = jobs.map((job) =>
    job.catch((error: unknown) => {
      failures.push(error);
      stop.abort();
      throw error;
    }),
  );
  await Promise.allSettled(noted);
  if (failures.length > 0) throw failures[0];
  return Promise.all(jobs);
}
