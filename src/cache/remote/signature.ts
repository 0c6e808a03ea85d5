import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { digestOf } from '../../support/canonical.ts';
import { GildError } from '../../support/errors.ts';
import type { RecordSignature, WorkRecord } from '../types.ts';

/** What is signed of a record: which work came to what, and when. Names and texts of others are not believed anyway. */
export type SignedPart = Pick<WorkRecord, 'key' | 'kind' | 'createdAt' | 'result'>;

export type Signer = (record: SignedPart) => RecordSignature;

/** Public keys as signatures have them. */
export type TrustedKeys = ReadonlySet<string>;

/** `pem`: the text of `where`. Throws `USAGE` where it is no private key of ed25519. */
export function signerOf(pem: string, where: string): Signer {
  const key = keyOf(createPrivateKey, pem, where, 'a private key');
  const name = nameOf(createPublicKey(key));
  return (record) => ({ key: name, value: sign(null, bytesOf(record), key).toString('base64') });
}

/** Any number of public keys, one after the other. Throws `USAGE` where one is none of ed25519, or there is none. */
export function trustedKeys(pem: string, where: string): TrustedKeys {
  const blocks = pem.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? [''];
  return new Set(blocks.map((block) => nameOf(keyOf(publicKey, block, where, 'a public key'))));
}

export type Standing =
  | 'signed'
  | 'not signed'
  | 'signed by a key that is not trusted'
  | 'changed since signed';

/** `trusted`: whose signature counts; anybody's where it is left out. */
export function standingOf(
  record: SignedPart & Pick<WorkRecord, 'signature'>,
  trusted?: TrustedKeys,
): Standing {
  const { signature } = record;
  if (!signature) return 'not signed';
  if (trusted && !trusted.has(signature.key)) return 'signed by a key that is not trusted';
  const isGenuine = verify(
    null,
    bytesOf(record),
    { key: Buffer.concat([spkiHead, Buffer.from(signature.key, 'base64')]), format: 'der', type: 'spki' },
    Buffer.from(signature.value, 'base64'),
  );
  return isGenuine ? 'signed' : 'changed since signed';
}

function bytesOf({ key, kind, createdAt, result }: SignedPart): Buffer {
  return Buffer.from(digestOf('gild.cache.record.v1', { key, kind, createdAt, result }));
}

/** What stands before the 32 bytes of a public key of ed25519: RFC 8410. */
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');

function nameOf(key: KeyObject): string {
  return key.export({ format: 'der', type: 'spki' }).subarray(spkiHead.length).toString('base64');
}

/** One that is private would be taken for its public half, and a secret would be handed to all who read. */
function publicKey(pem: string): KeyObject {
  if (pem.includes('PRIVATE KEY')) throw new Error('it is private');
  return createPublicKey(pem);
}

function keyOf(read: (pem: string) => KeyObject, pem: string, where: string, what: string): KeyObject {
  try {
    const key = read(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {}
  throw new GildError({
    code: 'USAGE',
    message: `${where} is not ${what} of ed25519 in PEM without a passphrase.`,
    hint: 'Make one with `openssl genpkey -algorithm ed25519 -out key.pem`, and `openssl pkey -in key.pem -pubout -out key.pub` for those who read.',
  });
}
