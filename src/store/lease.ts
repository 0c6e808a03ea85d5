import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { takeLock, tryLock } from '../support/lock.ts';

/** Who uses the store's content, across processes. A lease ends with its process, however that ends. */
export interface Lease {
  /** Nothing is collected until this is released. Waits while a collection runs. */
  share(signal?: AbortSignal): Promise<() => void>;
  /** Nobody shares until this is released; undefined if somebody does now. */
  tryAlone(): Promise<(() => void) | undefined>;
}

export function createLease(home: string): Lease {
  const file = async () => {
    await mkdir(home, { recursive: true, mode: 0o700 });
    return join(home, 'lease.db');
  };
  return {
    share: async (signal) => takeLock(await file(), 'shared', signal),
    tryAlone: async () => tryLock(await file(), 'alone'),
  };
}
