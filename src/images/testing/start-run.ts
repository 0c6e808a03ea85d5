import { createBlobStore } from '../../store/blobs.ts';
import { createImageStore } from '../store.ts';

/** A process of its own for tests: starts a run and ends without finishing it. */
const [home = '', id = ''] = process.argv.slice(2);
const store = createImageStore({ home, blobs: createBlobStore(home) });
await store.startRun({ id, image: 'web', recipe: '/r.yaml', planId: 'sha256:1' });
