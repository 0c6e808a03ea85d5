import { createBlobStore } from '../../store/blobs.ts';
import { createImageStore } from '../store.ts';
import { sampleImage, sampleLayer } from './sample-image.ts';

/** A process of its own for tests: publishes images with a blob each and writes every acknowledged build number. */
const [home = '', count = '0'] = process.argv.slice(2);
const blobs = createBlobStore(home);
const store = createImageStore({ home, blobs });
for (let index = 0; index < Number(count); index++) {
  const release = await store.useContent();
  const { digest } = await blobs.write(`${process.pid} ${index}`);
  const { build } = await store.publish(sampleImage({ layers: [sampleLayer(digest)] }));
  release();
  process.stdout.write(`${build}\n`);
}
await store.close();
