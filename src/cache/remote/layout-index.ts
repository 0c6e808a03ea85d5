import { z } from 'zod';
import { descriptorSchema, refused } from './manifest.ts';

const entrySchema = descriptorSchema.extend({
  annotations: z.record(z.string(), z.string()).optional(),
});

/** The rest of an entry, which may be of somebody else, stays as it is. */
const indexSchema = z.object({
  schemaVersion: z.literal(2),
  manifests: z.array(entrySchema.loose()).max(1000),
});

export type Index = z.infer<typeof indexSchema>;
export type IndexEntry = Index['manifests'][number];

/** `index.json` of a layout; one that is not there names nothing. Throws `REMOTE_CACHE_FAILED`. */
export function readIndex(bytes: Buffer | undefined, name: string): Index {
  if (bytes === undefined) return { schemaVersion: 2, manifests: [] };
  try {
    return indexSchema.parse(JSON.parse(bytes.toString()));
  } catch (error) {
    throw refused(name, 'its index.json is not one of an OCI layout', error);
  }
}

export function refName({ annotations }: IndexEntry): string | undefined {
  return annotations?.['org.opencontainers.image.ref.name'];
}
