import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { sampleImage } from '../../../images/testing/sample-image.ts';
import type { Layer } from '../../../model/tree.ts';
import { sha256 } from '../../../support/canonical.ts';
import { rawTar } from '../../../support/tar/testing/raw-tar.ts';
import { openWorkshop, type Workshop } from '../../workshop.ts';
import { openCache } from '../open-cache.ts';

/**
 * A process of its own for tests: until its input ends, it uses the cache of GILD_HOME for content that is a little
 * different each time, releases images and removes them. Fails where it is handed something that is not there. Says
 * how often it made something.
 */
const seed = Number(process.argv[2] ?? 0);
let running = true;
process.stdin.on('end', () => {
  running = false;
});
process.stdin.resume();
const workshop = openWorkshop();
let made = 0;
for (let round = 0; running; round++) {
  const release = await workshop.records.useContent();
  await useOnce((round * 2 + seed) % 5);
  if (round % 3 === seed % 3) await removeImages(workshop);
  release();
  // A collection has its turn when all users are here at once.
  await delay(round % 20);
}
await workshop.close();
process.stdout.write(`${made}\n`);

async function useOnce(number: number): Promise<void> {
  const { trees, blobs, records } = workshop;
  const cache = openCache(workshop, {
    run: { id: `run-${process.pid}`, image: 'web' },
    emit: () => undefined,
    redact: (text) => text,
  });
  const step = { kind: 'files', name: 'files', definition: { number }, policy: { reuse: true } } as const;
  const tree = await cache.reuse(step, async () => {
    made++;
    return { layers: [await importSmall(number)] };
  });
  const output = { ...step, kind: 'output', name: 'output/oci' } as const;
  const { result } = await cache.reuse(output, async () => {
    made++;
    const shared = await blobs.write('what all have in common');
    const { digest, size } = await blobs.write(`content ${number}`.repeat(number + 1));
    const needed = [shared.digest, digest];
    return { artifact: { type: 'oci', digest, size, blobs: needed, mediaType: 'text/plain', fileName: 'a' } };
  });
  const { layers } = tree.result;
  const { artifact } = result;
  const needed = [...artifact.blobs, ...layers.map((layer) => layer.blob)];
  for (const blob of needed) if (!(await blobs.has(blob))) throw new Error(`the blob ${blob} is not there`);
  for (const { diffId } of layers)
    if (!(await trees.find(diffId))) throw new Error(`the layer ${diffId} is not there`);
  await records.publish(sampleImage({ layers, artifacts: [artifact] }));
  await cache.close();
}

function importSmall(number: number): Promise<Layer> {
  const tar = rawTar([{ name: 'number', content: String(number) }]);
  const expected = { blob: sha256(tar), diffId: sha256(tar), createdBy: 'test' };
  return workshop.trees.importLayer(Readable.from([tar], { objectMode: false }), expected);
}

async function removeImages({ records }: Workshop): Promise<void> {
  for (const image of (await records.list()).slice(2))
    await records.remove(image).catch((error: { code?: string }) => {
      if (error.code !== 'IMAGE_NOT_FOUND') throw error;
    });
}
