import { describe, expect, it } from 'vitest';
import { fc } from '../../test/support/properties.ts';
import { createGrowingRedactor, createRedactor, encodings } from './redact.ts';

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
    );
  });

  it('hides each line of a value of several lines', () => {
    expect(createRedactor(['first-line\nsecond-line'])('x second-line y')).toBe('x *** y');
  });

  it('leaves text alone when there is nothing to hide', () => {
    expect(createRedactor([])('plain')).toBe('plain');
  });

  it('hides values as large as secrets may be, of one line or of many', () => {
    const line = 'x1y2z3-'.repeat(100_000);
    const lines = Array.from({ length: 10_000 }, (_, index) => `line ${index} of a secret file`);
    const redact = createRedactor([line, lines.join('\n')]);
    expect(redact(`a ${line} b`)).toBe('a *** b');
    expect(redact(`a ${lines[7777]} b`)).toBe('a *** b');
  });

  it('hides the beginning of a value at the end of a text that was cut', () => {
    const redact = createRedactor(['correct-horse-battery']);
    for (let kept = 4; kept <= 21; kept++)
      expect(redact(`a ${'correct-horse-battery'.slice(0, kept)}`, { cut: true })).toBe('a ***');
    expect(redact('a correct-horse')).toBe('a correct-horse');
    expect(redact('a correct-horse b', { cut: true })).toBe('a correct-horse b');
  });

  it('hides what it learns from then on, and before all else what it began with', () => {
    const { redact, learn } = createGrowingRedactor(createRedactor(['first-secret']));
    expect(redact('first-secret second-secret k3y!')).toBe('*** second-secret k3y!');
    learn('second-secret');
    learn('k3y!');
    expect(redact('first-secret second-secret k3y!')).toBe('*** *** ***');
    expect(redact('second-sec', { cut: true })).toBe('***');
  });
});
