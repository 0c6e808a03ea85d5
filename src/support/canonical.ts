import { createHash } from 'node:crypto';
import type { Digest } from '../model/digest.ts';

/** JSON with sorted keys and without absent values: equal values give equal bytes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isPlainObject(inner) ? sorted(inner) : inner));
}

/** SHA-256 over a domain and the canonical JSON, so that two kinds of things never share an id. */
export function digestOf(domain: string, value: unknown): Digest {
  return sha256(`${domain}\0${canonicalJson(value)}`);
}

export function sha256(bytes: string | Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Twelve hex digits: enough for people to tell things apart. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((key) => [key, object[key]]),
  );
}
