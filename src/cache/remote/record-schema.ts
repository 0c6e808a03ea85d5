import { z } from 'zod';
import { mapStrings } from '../../support/map-strings.ts';
import { readDebName } from '../../support/packages/deb-name.ts';
import { digestSchema } from './manifest.ts';
import type { SharedRecord } from './types.ts';

/** What other hosts wrote, before anything of it is believed, printed, or made part of a path. */
export const recordsSchema = z.object({
  schema: z.literal(1),
  records: z.array(z.unknown()).max(10_000),
});

/** Undefined where it is not valid; fields that are not known are dropped. */
export function parseRecord(value: unknown): SharedRecord | undefined {
  const parsed = recordSchema.safeParse(value);
  return parsed.success ? (parsed.data as SharedRecord) : undefined;
}

const bytes = z.int().nonnegative();

/** A line or more for people: no escape sequences for their terminal. */
const text = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[^\p{Cc}]*$/u);

const paragraphs = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^(?:[^\p{Cc}]|[\n\t])*$/u);

const fileName = text(255).regex(/^(?!\.{0,2}$)[^/]+$/);

const layer = z.object({
  diffId: digestSchema,
  blob: digestSchema,
  size: bytes,
  unpackedSize: bytes,
  compression: z.enum(['zstd', 'gzip']),
  createdBy: paragraphs(100_000),
});

const download = z.object({
  source: text(10_000),
  digest: digestSchema,
  size: bytes,
  etag: text(1000).optional(),
  lastModified: text(1000).optional(),
  pinned: z.literal(true).optional(),
});

const artifact = z
  .object({
    type: text(64),
    digest: digestSchema,
    size: bytes,
    mediaType: text(256),
    blobs: z.array(digestSchema).min(1).max(1000),
    fileName,
    boot: z
      .object({
        blob: digestSchema,
        format: z.enum(['raw', 'qcow2', 'vmdk', 'vhdx', 'vpc', 'vdi']),
        firmware: z.array(z.enum(['bios', 'uefi'])).max(2),
        secureBoot: z.literal(true).optional(),
      })
      .optional(),
  })
  .refine(({ digest, blobs, boot }) =>
    [digest, boot?.blob ?? digest].every((named) => blobs.includes(named)),
  );

const verdict = z.object({
  name: text(1000),
  type: text(64),
  status: z.literal('passed'),
  message: paragraphs(100_000),
  seconds: z.number().nonnegative(),
  output: paragraphs(1_000_000).optional(),
});

const onePackage = z.object({ name: text(256), version: text(256), architecture: text(64) });

const packages = z.object({
  packages: z.array(onePackage).max(100_000),
  notes: z.array(text(10_000)).max(1000),
});

const archive = z.object({
  file: z.string().refine((name) => readDebName(name) !== undefined),
  digest: digestSchema,
  size: bytes,
});

const deepest = 100;

/** Names of fields are shown too. */
function isPlain(value: unknown, left = deepest): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return (
    left > 0 &&
    Object.entries(value).every(([name, inner]) => !/\p{Cc}/u.test(name) && isPlain(inner, left - 1))
  );
}

/** Scripts may hold anything; what differs in them is shown to people. */
function withoutControls(value: unknown): unknown {
  return mapStrings(value, (line) => line.replace(/[^\P{Cc}\n\t]/gu, '\ufffd'));
}

/** Base64 of 32 bytes, and of 64. */
const signature = z.object({
  key: z.string().regex(/^[A-Za-z0-9+/]{43}=$/),
  value: z.string().regex(/^[A-Za-z0-9+/]{86}==$/),
});

const common = {
  key: digestSchema,
  name: text(1000),
  image: text(256),
  runId: z.string().regex(/^[0-9a-z-]{1,64}$/),
  createdAt: z.iso.datetime(),
  usedAt: z.iso.datetime(),
  seconds: z.number().nonnegative(),
  signature: signature.optional().catch(undefined),
  preimage: z
    .record(z.string(), z.unknown())
    .refine((value) => isPlain(value))
    .transform(withoutControls),
};

const recordSchema = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.enum(['base', 'files', 'component']),
    result: z.object({
      layers: z.array(layer).max(1000),
      downloads: z.array(download).max(10_000).optional(),
      markers: z.array(text(255)).max(1000).optional(),
      unpacked: z.array(onePackage).max(10_000).optional(),
      heldTo: digestSchema.optional(),
    }),
  }),
  z.object({ ...common, kind: z.literal('output'), result: z.object({ artifact }) }),
  z.object({ ...common, kind: z.literal('test'), result: z.object({ verdict }) }),
  z.object({ ...common, kind: z.literal('packages'), result: z.object({ packages }) }),
  z.object({
    ...common,
    kind: z.literal('archives'),
    result: z.object({ archives: z.array(archive).max(10_000) }),
  }),
]);
