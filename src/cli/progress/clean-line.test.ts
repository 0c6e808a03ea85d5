import { describe, expect, it } from 'vitest';
import { cleanLine } from './clean-line.ts';

describe('cleanLine', () => {
  it.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['cursor movements', 'a\u001b[2Jb\u001b[10;10Hc', 'abc'],
    ['window titles', '\u001b]0;owned\u0007text', 'text'],
    ['hyperlinks', '\u001b]8;;http://a\u0007link\u001b]8;;\u0007', 'link'],
    ['a bell and a backspace', 'ab\u0007\u0008c', 'abc'],
    ['direction overrides', 'abc\u202efed', 'abcfed'],
    ['C1 controls', 'a\u009b31mb', 'ab'],
  ])('takes out %s', (_what, raw, clean) => {
    expect(cleanLine(raw)).toBe(clean);
  });

  it('shows the last state of a progress bar', () => {
    expect(cleanLine('10%\r50%\r100%\r')).toBe('100%');
  });

  it('keeps wide characters and widens tabs', () => {
    expect(cleanLine('設定\tok')).toBe('設定    ok');
  });

  it('leaves no escape in any input', () => {
    const bytes = Array.from({ length: 0x300 }, (_, code) => String.fromCharCode(code));
    for (const a of bytes.slice(0, 0xa0)) {
      const line = cleanLine(`\u001b${a}[${a}x`);
      expect(/[\x00-\x1f\x7f-\x9f]/.test(line)).toBe(false);
    }
  });
});
