import { expect, it } from 'vitest';
import { fc } from '../../test/support/properties.ts';
import { createRedactor } from '../support/redact.ts';
import { createLineStream, longestLine } from './line-stream.ts';

function linesOf(chunks: readonly Buffer[], redact: (text: string) => string = (text) => text): string[] {
  const stream = createLineStream(redact);
  return [...chunks.flatMap((chunk) => stream.push(chunk)), ...stream.end()];
}

it('gives whole lines however the bytes are split', () => {
  const text = 'eins\nzwei — äöü 🎉\r\n\nlast without newline';
  const expected = ['eins', 'zwei — äöü 🎉', '', 'last without newline'];
  const bytes = Buffer.from(text);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
      expect(linesOf(chunks)).toEqual(expected);
    }),
  );
});

it('shows bytes that are no UTF-8 as replacement characters', () => {
  expect(linesOf([Buffer.from([0x61, 0xff, 0xc3]), Buffer.from([0x28, 0x0a])])).toEqual(['a\ufffd\ufffd(']);
});

it('cuts a very long line with a mark and goes on with the next', () => {
  const chunks = Array.from({ length: 300 }, () => Buffer.alloc(1024, 'x'));
  const [long = '', next] = linesOf([...chunks, Buffer.from('\nnext\n')]);
  expect(long).toBe(`${'x'.repeat(longestLine)} … [line cut]`);
  expect(next).toBe('next');
});

it('never shows a secret that is split between chunks, at any place', () => {
  const secret = 'hunter2-hunter2';
  const redact = createRedactor([secret]);
  const text = Buffer.from(`before ${secret} after\n`);
  for (let cut = 0; cut <= text.length; cut++) {
    expect(linesOf([text.subarray(0, cut), text.subarray(cut)], redact)).toEqual(['before *** after']);
  }
});

it.each([20, 5000])('never shows part of a secret that lies across the cut of a long line: %i', (length) => {
  const secret = 's3cret-'.repeat(length);
  const redact = createRedactor([secret]);
  for (const before of [longestLine - 70, longestLine - 1, longestLine - secret.length, longestLine + 8000]) {
    const [line = ''] = linesOf([Buffer.from('x'.repeat(before) + secret + 'y'.repeat(longestLine))], redact);
    expect(line).not.toContain('s3cret');
  }
});
