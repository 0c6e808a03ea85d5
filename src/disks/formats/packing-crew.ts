import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../support/package-root.ts';
import type { Packing } from './coders.ts';

/** Memory that both threads see, and that is the worker's until it answers. */
export interface PackingJob {
  readonly input: SharedArrayBuffer;
  /** Bytes of `input` that hold blocks. */
  readonly length: number;
  readonly output: SharedArrayBuffer;
}

/** Threads that pack blocks. Node's own are left to the disk, and take longer to be told than to pack a block. */
export interface PackingCrew {
  /** How long each block came to be: see `packBlocks`. */
  pack(job: PackingJob): Promise<readonly number[]>;
  /** Ends the threads, whatever they do. */
  close(): Promise<void>;
}

export const crewSize = Math.min(8, availableParallelism());

/** Sources start a source, and what is bundled starts what was bundled with it. */
const program = import.meta.url.endsWith('.ts')
  ? join(import.meta.dirname, 'packing-worker.ts')
  : join(packageRoot(), 'dist', 'packing-worker.js');

/** Threads are started as they are needed. */
export function createPackingCrew(packing: Packing): PackingCrew {
  const members: Member[] = [];
  let failure: Error | undefined;

  function fail(error: Error): void {
    failure ??= error;
    for (const { waiting } of members) for (const { reject } of waiting.splice(0)) reject(failure);
  }

  function next(): Member {
    const [least] = members.toSorted((a, b) => a.waiting.length - b.waiting.length);
    if (least && (least.waiting.length === 0 || members.length === crewSize)) return least;
    const member = startMember(packing, fail);
    members.push(member);
    return member;
  }

  return {
    pack(job) {
      if (failure) return Promise.reject(failure);
      const { worker, waiting } = next();
      const { promise, resolve, reject } = Promise.withResolvers<readonly number[]>();
      waiting.push({ resolve, reject });
      worker.postMessage(job);
      return promise;
    },
    close: async () => void (await Promise.all(members.map(({ worker }) => worker.terminate()))),
  };
}

interface Member {
  readonly worker: Worker;
  /** For what it was given, oldest first: it answers in this order. */
  readonly waiting: Pick<PromiseWithResolvers<readonly number[]>, 'resolve' | 'reject'>[];
}

function startMember(packing: Packing, fail: (error: Error) => void): Member {
  const worker = new Worker(program, { workerData: packing });
  const waiting: Member['waiting'] = [];
  worker.on('message', (lengths: readonly number[]) => waiting.shift()?.resolve(lengths));
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('a thread that packs blocks ended')));
  return { worker, waiting };
}
