import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createHost } from '../../host/host.ts';
import { createBlobStore } from '../../store/blobs.ts';
import { sha256 } from '../../support/canonical.ts';
import { createTreeStore } from '../../trees/tree-store.ts';
import { importLayers } from './import-layers.ts';

it('asks for nothing where all of it cannot fit on the disk', async () => {
  const home = await mkdtemp(join(tmpdir(), 'gild-import-'));
  try {
    const trees = createTreeStore({ home, blobs: createBlobStore(home), host: createHost({ home }) });
    const layer = { blob: sha256('blob'), diffId: sha256('layer'), size: 2 ** 50, createdBy: 'test' };
    const importing = importLayers([layer], {
      trees,
      home,
      open: async () => {
        throw new Error('it was asked for');
      },
    });
    await expect(importing).rejects.toMatchObject({
      code: 'NO_SPACE',
      message: expect.stringContaining('what is to be fetched needs 1073741824.0 MiB at least'),
    });
  } finally {
    await rm(home, { recursive: true });
  }
});
