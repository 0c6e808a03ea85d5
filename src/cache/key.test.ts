import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../support/canonical.ts';
import { emptyTar } from '../support/tar/empty.ts';
import { createTarWriter } from '../support/tar/writer.ts';
import { keyOf, treeId } from './key.ts';
import type { Work } from './types.ts';

const work: Work = {
  kind: 'component',
  name: 'component/nginx',
  definition: { parameters: { port: '80' } },
  tree: sha256('tree'),
  policy: { reuse: true },
};

describe('the key of a piece of work', () => {
  it('is the same whatever the work is called, and however long results are good', () => {
    expect(keyOf({ ...work, name: 'other', policy: { reuse: false, maxAge: 1 } })).toBe(keyOf(work));
  });

  it('is another for another kind, definition or tree', () => {
    const keys = [
      work,
      { ...work, kind: 'test' as const },
      { ...work, definition: { parameters: { port: '81' } } },
      { ...work, tree: sha256('other') },
    ].map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('the content id of a tree', () => {
  const layer = (text: string) => ({ diffId: sha256(text) });

  it('does not see layers that change nothing', () => {
    const empty = { diffId: emptyTar };
    expect(treeId([empty, layer('a'), empty, layer('b')])).toBe(treeId([layer('a'), layer('b')]));
    expect(treeId([empty])).toBe(treeId([]));
  });

  it('sees the order of layers', () => {
    expect(treeId([layer('a'), layer('b')])).not.toBe(treeId([layer('b'), layer('a')]));
  });

  it('knows what our own empty layer looks like', () => {
    const writer = createTarWriter();
    writer.end();
    const hash = createHash('sha256');
    for (const chunk of writer.take()) hash.update(chunk);
    expect(`sha256:${hash.digest('hex')}`).toBe(emptyTar);
  });
});
