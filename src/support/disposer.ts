/** Releases run last-in first-out, each exactly once; all run even if one throws. */
export interface Disposer {
  /** Registers a release; call it right after the resource was acquired. */
  add(release: () => unknown): void;
  dispose(): Promise<void>;
}

export function createDisposer(): Disposer {
  const releases: (() => unknown)[] = [];
  return {
    add: (release) => void releases.push(release),
    dispose: async () => {
      const failures: unknown[] = [];
      for (let release = releases.pop(); release; release = releases.pop()) {
        try {
          await release();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
