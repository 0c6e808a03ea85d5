import { setImmediate } from 'node:timers/promises';
import { openCache } from '../open-cache.ts';
import { openWorkshop } from '../workshop.ts';

/**
 * A process of its own for tests: uses the cache of GILD_HOME again and again, for content that is a little
 * different each time, and fails where it is handed something that is not there.
 */
const [rounds = '0', seed = '0'] = process.argv.slice(2);
const workshop = openWorkshop();
let made = 0;
for (let round = 0; round < Number(rounds); round++) {
  const release = await workshop.records.useContent();
  const cache = openCache(workshop, {
    run: { id: `run-${process.pid}`, image: 'web' },
    emit: () => undefined,
    redact: (text) => text,
  });
  const number = (round * 2 + Number(seed)) % 5;
  const definition = { number };
  const work = { kind: 'output', name: 'output/oci', definition, policy: { reuse: true } } as const;
  const { result } = await cache.reuse(work, async () => {
    made++;
    const shared = await workshop.blobs.write('what all have in common');
    const own = await workshop.blobs.write(`content ${number}`.repeat(number + 1));
    const blobs = [shared.digest, own.digest];
    const { digest, size } = own;
    return { artifact: { type: 'oci', digest, size, blobs, mediaType: 'text/plain', fileName: 'a' } };
  });
  for (const blob of result.artifact.blobs)
    if (!(await workshop.blobs.has(blob))) throw new Error(`${blob} is not there`);
  await cache.close();
  release();
  await setImmediate();
}
await workshop.close();
process.stdout.write(`${made}\n`);
