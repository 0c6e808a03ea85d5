/** Like `Promise.all` over a mapped list, with no more than `width` jobs at a time; the first failure ends it. */
export async function mapLimited<T, R>(
  list: readonly T[],
  width: number,
  job: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(list.length);
  let next = 0;
  const work = async () => {
    while (next < list.length) {
      const index = next++;
      results[index] = await job(list[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, list.length) }, work));
  return results;
}
