import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor, encodings } from './redact.ts';

describe('redaction', () => {
  it('hides a value in plain, hex, URL and JSON form', () => {
    const secret = 'p@ss/word "42"';
    const redact = createRedactor([secret]);
    const text = [
      secret,
      Buffer.from(secret).toString('hex'),
      encodeURIComponent(secret),
      JSON.stringify(secret),
    ].join('\n');
    expect(redact(text)).toBe('***\n***\n***\n"***"');
  });

  it('finds a value inside base64 at every offset', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string(), fc.string(), (secret, before, after) => {
        const encoded = Buffer.from(before + secret + after).toString('base64');
        expect(encodings(secret).some((form) => encoded.includes(form))).toBe(true);
      }),
      { seed: 20260101 },
    );
  });

  it('hides each line of a value of several lines', () => {
    expect(createRedactor(['first-line\nsecond-line'])('x second-line y')).toBe('x *** y');
  });

  it('leaves text alone when there is nothing to hide', () => {
    expect(createRedactor([])('plain')).toBe('plain');
  });
});
