import type { StoredObject } from './types.ts';

/** `s3://bucket/key`; the key may be empty. Undefined for anything else. */
export function parseS3Url(url: string): StoredObject | undefined {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/is.exec(url) ?? [];
  return isBucket(bucket) ? { bucket, key } : undefined;
}

/** The names that S3 allows; they become part of a host name. */
function isBucket(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..');
}

export function accountId(value: string): string | undefined {
  return /^\d{12}$/.test(value) ? undefined : 'the 12 digits of an account';
}
