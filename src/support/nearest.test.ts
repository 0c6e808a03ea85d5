import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.ts';

describe('nearest', () => {
  it('names the word that differs by a swap, a missing or a wrong letter', () => {
    expect(nearest('componets', ['components', 'config'])).toBe('components');
    expect(nearest('tsets', ['tests', 'outputs'])).toBe('tests');
  });

  it('says nothing when no candidate is near', () => {
    expect(nearest('kubernetes', ['name', 'base'])).toBeUndefined();
  });
});
