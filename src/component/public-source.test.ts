import { expect, it } from 'vitest';
import { createRedactor } from '../support/redact.ts';
import { isWhole, publicSource } from './public-source.ts';

const redact = createRedactor(['hunter22']);
const shown = (address: string) => publicSource(address, redact);

it('keeps an address that says nothing secret, without its fragment', () => {
  expect(shown('https://example.com/get?os=linux&v=1#part')).toBe('https://example.com/get?os=linux&v=1');
  expect(shown('s3://bucket/key')).toBe('s3://bucket/key');
  expect(isWhole(shown('https://example.com/file'))).toBe(true);
});

it.each([
  ['user and password', 'https://me:hunter22@example.com/file', 'https://***@example.com/file'],
  ['a signature', 'https://b.s3.amazonaws.com/k?X-Amz-Signature=ab&v=1', 'https://b.s3.amazonaws.com/k?***'],
  [
    'a shared access signature',
    'https://x.blob.core.windows.net/k?sv=1&sig=ab',
    'https://x.blob.core.windows.net/k?***',
  ],
  ['a token', 'https://example.com/file?access_token=ab', 'https://example.com/file?***'],
  ['a known secret in the query', 'https://example.com/file?k=hunter22', 'https://example.com/file?***'],
  ['a known secret in the path', 'https://example.com/hunter22/file', 'https://example.com/***/file'],
])('leaves out %s', (_what, address, expected) => {
  expect(shown(address)).toBe(expected);
});

it('says of an address that was cut that it is not whole', () => {
  expect(isWhole(shown('https://example.com/file?sig=ab'))).toBe(false);
});
