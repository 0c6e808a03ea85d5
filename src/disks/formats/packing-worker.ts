/** The thread that packs blocks: see `packing-crew.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Packing, packBlocks } from './coders.ts';
import type { PackingJob } from './packing-crew.ts';

const packing = workerData as Packing;

parentPort?.on('message', ({ input, output, length }: PackingJob) => {
  parentPort?.postMessage(packBlocks(Buffer.from(input, 0, length), Buffer.from(output), packing));
});
