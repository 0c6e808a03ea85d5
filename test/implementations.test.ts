import { describe, expect, it } from 'vitest';
import { recorded, sourcesNow } from './support/implementations.ts';

describe('the pieces of Gild that make results', async () => {
  const now = await sourcesNow();
  const before = await recorded();

  it.each([...now])('%s: its sources are those that its version was last settled for', (name, hash) => {
    expect(
      before.get(name),
      `Does it now make something else of the same input? Then raise \`${name}\` in src/plan/implementations.ts. In either case: npm run implementations`,
    ).toBe(hash);
  });

  it('are all on record, and no others', () => {
    expect([...before.keys()].sort(), 'npm run implementations').toEqual([...now.keys()].sort());
  });
});
