import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../support/canonical.ts';
import { type SignedPart, signerOf, standingOf, trustedKeys } from './signature.ts';

const pems = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
    publicKeyEncoding: { format: 'pem', type: 'spki' },
  });
  return { privateKey, publicKey };
};

const record: SignedPart = {
  key: sha256('key'),
  kind: 'files',
  createdAt: '2026-11-26T12:00:00.000Z',
  result: { layers: [] },
};

describe('a signature of a record', () => {
  it('is known by any of several keys in a file', () => {
    const [one, two, three] = [pems(), pems(), pems()];
    const trusted = trustedKeys(`# ours\n${one.publicKey}\n# theirs\n${two.publicKey}`, 'keys.pub');
    const signedBy = ({ privateKey }: { privateKey: string }) => ({
      ...record,
      signature: signerOf(privateKey, 'key.pem')(record),
    });
    expect([one, two, three].map((pair) => standingOf(signedBy(pair), trusted))).toEqual([
      'signed',
      'signed',
      'signed by a key that is not trusted',
    ]);
    expect(standingOf(signedBy(three))).toBe('signed');
    expect(standingOf({ ...signedBy(one), kind: 'component' }, trusted)).toBe('changed since signed');
    expect(standingOf(record, trusted)).toBe('not signed');
  });

  it('is not made or read with what is no key for it', () => {
    const { privateKey, publicKey } = pems();
    const rsa = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
      publicKeyEncoding: { format: 'pem', type: 'spki' },
    });
    for (const pem of ['', 'key', publicKey, rsa.privateKey])
      expect(() => signerOf(pem, 'key.pem')).toThrow('key.pem is not a private key of ed25519');
    for (const pem of ['', 'key', privateKey, rsa.publicKey, publicKey + rsa.publicKey])
      expect(() => trustedKeys(pem, 'key.pub')).toThrow('key.pub is not a public key of ed25519');
  });
});
