import type { Digest } from '../../model/digest.ts';
import type { Image } from '../../model/image.ts';
import type { Layer } from '../../model/tree.ts';
import { sha256 } from '../../support/canonical.ts';

/** An image for tests that needs no blobs unless `changes` name some. */
export function sampleImage(changes: Partial<Omit<Image, 'build'>> = {}): Omit<Image, 'build'> {
  return {
    name: 'web',
    version: '1.0.0',
    state: 'available',
    description: '',
    architecture: 'amd64',
    createdAt: '2026-11-22T11:00:00.000Z',
    runId: 'run-1',
    planId: sha256('plan'),
    base: { reference: 'debian:bookworm', digest: sha256('base') },
    parents: [],
    layers: [],
    config: { env: {}, user: '', workingDir: '', entrypoint: [], cmd: [], ports: [], labels: {} },
    epoch: 0,
    components: [],
    packages: [],
    artifacts: [],
    verdicts: [],
    ...changes,
  };
}

/** A layer whose tar is not compressed at all, as far as the records can tell. */
export function sampleLayer(blob: Digest, diffId: Digest = blob): Layer {
  return { diffId, blob, size: 1, unpackedSize: 1, compression: 'zstd', createdBy: 'test' };
}
