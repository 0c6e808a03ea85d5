import { z } from 'zod';
import type { Digest } from '../../model/digest.ts';
import { GildError } from '../../support/errors.ts';
import { isDigest } from '../../support/registry/reference.ts';

export const manifestType = 'application/vnd.oci.image.manifest.v1+json';
export const configType = 'application/vnd.gild.cache.config.v1+json';

/** Nothing else can become part of a path. */
export const digestSchema = z.custom<Digest>(isDigest, 'no digest');

export const descriptorSchema = z.object({
  mediaType: z.string().max(256),
  digest: digestSchema,
  size: z.int().nonnegative(),
});

const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  config: descriptorSchema.extend({ mediaType: z.literal(configType) }),
  layers: z.array(descriptorSchema).max(50_000),
});

export type CacheManifest = z.infer<typeof manifestSchema>;

/** Throws `REMOTE_CACHE_FAILED` where it is none of a cache of Gild. */
export function readManifest(bytes: Buffer, name: string): CacheManifest {
  try {
    return manifestSchema.parse(JSON.parse(bytes.toString()));
  } catch (error) {
    throw refused(name, 'what is there is not a cache of Gild', error);
  }
}

export function refused(name: string, why: string, cause?: unknown): GildError {
  return new GildError({ code: 'REMOTE_CACHE_FAILED', message: `${name}: ${why}.`, cause });
}
