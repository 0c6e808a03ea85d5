/** Like `Promise.all`, but a failure waits until all have ended: nothing goes on behind the back of a clean-up. */
export async function allOf<T extends readonly unknown[]>(
  promises: readonly [...{ [Index in keyof T]: PromiseLike<T[Index]> }],
): Promise<T> {
  await Promise.allSettled(promises);
  return (await Promise.all(promises)) as unknown as T;
}
