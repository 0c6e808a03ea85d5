/** A job that runs when its result is first wanted, and only then. */
export function once<T>(job: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= job();
    return running;
  };
}
