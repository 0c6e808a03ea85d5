import { describe, expect, it } from 'vitest';
import { fitWidth, textWidth } from './text-width.ts';

describe('textWidth', () => {
  it.each([
    ['plain', 5],
    ['\u001b[1mbold\u001b[0m', 4],
    ['設定', 4],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['e\u0301', 1],
    ['✔ ok', 4],
  ])('counts the cells of %j as %i', (text, cells) => {
    expect(textWidth(text)).toBe(cells);
  });
});

describe('fitWidth', () => {
  it('leaves alone what fits', () => {
    expect(fitWidth('abc', 3)).toBe('abc');
  });

  it('never cuts a wide character in two', () => {
    expect(fitWidth('設定設定', 5)).toBe('設定…');
    expect(fitWidth('設定設定', 4)).toBe('設…');
  });

  it('gives nothing where there is no room', () => {
    expect(fitWidth('abc', 0)).toBe('');
  });
});
