import { describe, expect, it } from 'vitest';
import { imageNotFound, parseReference } from './reference.ts';
import { sampleImage } from './testing/sample-image.ts';

describe('an image reference', () => {
  it.each([
    ['web', { name: 'web', version: 'latest' }],
    ['web@latest', { name: 'web', version: 'latest' }],
    ['web@1.x.x', { name: 'web', version: '1.x.x' }],
    ['web@1.0.0/12', { name: 'web', version: '1.0.0', build: 12 }],
  ])('%s is understood', (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
  });

  it.each([
    ['', 'That is no image name'],
    ['web server', 'That is no image name'],
    ['web@1.0', '`1.0` is not a version'],
    ['web@01.0.0', '`01.0.0` is not a version'],
    ['web@1.0.0/0', '`0` is not a build number'],
    ['web@1.x.x/2', 'A build number needs a whole version'],
    ['web@', 'That is no image name'],
    ['web/2', 'That is no image name'],
  ])('%j is refused', (text, why) => {
    expect(() => parseReference(text)).toThrow(`\`${text}\` does not name an image. ${why}.`);
  });

  it('that leads nowhere says what there is instead', () => {
    const known = [
      { ...sampleImage(), build: 2 },
      { ...sampleImage({ state: 'test-failed' }), build: 1 },
    ];
    const hint = (text: string) => imageNotFound(parseReference(text), known).hint;
    expect(hint('wbe')).toBe('Did you mean `web`?');
    expect(hint('something-else')).toBe('`gild images` lists them all.');
    expect(hint('web@2.x.x')).toBe('Recorded of `web`: 1.0.0/2, 1.0.0/1 (test-failed).');
    expect(imageNotFound(parseReference('web'), []).hint).toContain('`gild build` makes one');
  });
});
