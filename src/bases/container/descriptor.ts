import type { Digest } from '../../model/digest.ts';
import { isDigest } from '../../support/registry/reference.ts';

/** What a manifest or index points to. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
  readonly annotations: Readonly<Record<string, string>>;
}

/** Returns undefined if it is none: an unknown digest algorithm, or a size that no file has. */
export function readDescriptor(value: unknown): Descriptor | undefined {
  const { mediaType, digest, size, platform, annotations } = asObject(value);
  if (typeof mediaType !== 'string' || !isDigest(digest)) return undefined;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined;
  const { os, architecture, variant } = asObject(platform);
  const known = typeof os === 'string' && typeof architecture === 'string';
  return {
    mediaType,
    digest,
    size,
    annotations: asStrings(annotations),
    ...(known ? { platform: { os, architecture, ...(typeof variant === 'string' ? { variant } : {}) } } : {}),
  };
}

/** The value if it is an object, an empty one otherwise: for content that others wrote. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Only the entries whose values are strings. */
export function asStrings(value: unknown): Record<string, string> {
  const entries = Object.entries(asObject(value));
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
