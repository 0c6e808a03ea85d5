import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import type { Digest } from '../model/digest.ts';
import type { LockedDownload } from '../model/lock.ts';
import { GildError } from '../support/errors.ts';
import { writeAtomically } from '../support/files.ts';

/** What stands in a lock file: every outside fact of a recipe that would be looked up otherwise. */
export interface LockFile {
  readonly schema: 1;
  readonly architecture: string;
  /** Absent where the base is a file on this host. */
  readonly base?: BaseEntry;
  /** In the order of the recipe. */
  readonly components: readonly ComponentEntry[];
}

export interface BaseEntry {
  readonly kind: string;
  readonly reference: string;
  /** What the recipe asks of it, without where it is fetched from. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What the reference meant, in the words of that kind of base. */
  readonly pin: Readonly<Record<string, unknown>>;
}

export interface ComponentEntry {
  /** As the recipe has it: `nginx@latest`, `./own.yaml`, or the name of inline steps. */
  readonly use: string;
  readonly version?: string;
  readonly digest?: Digest;
  /** Another one makes the step run again once: over what was newer when somebody asked for it. */
  readonly fresh?: Digest;
  /** What the step fetched when it last ran: a build takes nothing else from these addresses. */
  readonly downloads?: readonly LockedDownload[];
  /**
   * Over what the step does, where `packages` is all that it took from archives, and each can be had by its hash: a build
   * holds it to them as long as it does the same.
   */
  readonly complete?: Digest;
  /** The step could not be repeated with these packages alone, and is held no more as long as it does the same. */
  readonly held?: false;
  /** What the step installed when it last ran, also what it removed again; see `package-line.ts`. */
  readonly packages?: readonly string[];
}

/** `gild.lock` beside `recipe.yaml`; `web.gild.lock` beside `web.yaml`. */
export function lockFilePath(recipe: string): string {
  const stem = basename(recipe, extname(recipe));
  return join(dirname(recipe), stem === 'recipe' ? 'gild.lock' : `${stem}.gild.lock`);
}

/** Undefined if there is none. Throws `LOCK_INVALID`. */
export async function readLockFile(path: string): Promise<LockFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw invalid(path, message);
  }
  return parseLockFile(text, path);
}

/** Throws `LOCK_INVALID`. */
export function parseLockFile(text: string, path: string): LockFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw invalid(path, (error as Error).message);
  }
  const { schema } = (json ?? {}) as { schema?: unknown };
  if (typeof schema === 'number' && schema > 1) {
    throw new GildError({
      code: 'LOCK_INVALID',
      message: `${path} was written by a newer Gild (its schema is ${schema}).`,
      hint: 'Use that Gild, or write the file anew: `gild lock --update`.',
    });
  }
  const parsed = shape.safeParse(json);
  if (parsed.success) return parsed.data as LockFile;
  const [issue] = parsed.error.issues;
  throw invalid(path, `${issue?.message} at ${issue?.path.join('.') || 'the top'}`);
}

export async function writeLockFile(path: string, file: LockFile): Promise<void> {
  await writeAtomically(path, formatLockFile(file));
}

/** Fields always in the same order, a package a line: made for `git diff`. */
export function formatLockFile({ schema, architecture, base, components }: LockFile): string {
  const content = {
    schema,
    architecture,
    ...(base && {
      base: {
        kind: base.kind,
        reference: base.reference,
        options: sorted(base.options),
        pin: sorted(base.pin),
      },
    }),
    components: components.map(({ use, version, digest, fresh, downloads, complete, held, packages }) => ({
      use,
      version,
      digest,
      fresh,
      downloads: downloads && [...downloads].sort(bySource).map(ordered),
      complete,
      held,
      packages: packages && [...packages].sort(),
    })),
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

const shape = z.strictObject({
  schema: z.literal(1),
  architecture: z.string(),
  base: z
    .strictObject({
      kind: z.string(),
      reference: z.string(),
      options: z.record(z.string(), z.unknown()),
      pin: z.record(z.string(), z.unknown()),
    })
    .optional(),
  components: z.array(
    z.strictObject({
      use: z.string(),
      version: z.string().optional(),
      digest: digest.optional(),
      fresh: digest.optional(),
      downloads: z
        .array(
          z.strictObject({
            source: z.string(),
            digest,
            size: z.int().nonnegative(),
            etag: z.string().optional(),
            lastModified: z.string().optional(),
            pinned: z.literal(true).optional(),
          }),
        )
        .optional(),
      complete: digest.optional(),
      held: z.literal(false).optional(),
      packages: z.array(z.string()).optional(),
    }),
  ),
});

function bySource(a: LockedDownload, b: LockedDownload): number {
  return `${a.source} ${a.digest}` < `${b.source} ${b.digest}` ? -1 : 1;
}

function ordered({ source, digest, size, etag, lastModified, pinned }: LockedDownload): LockedDownload {
  return {
    source,
    digest,
    size,
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
    ...(pinned && { pinned }),
  };
}

function sorted(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function invalid(path: string, why: string): GildError {
  return new GildError({
    code: 'LOCK_INVALID',
    message: `${path} is no lock file of Gild: ${why}.`,
    hint: 'Take it from version control again, or remove it and run `gild lock`.',
  });
}
