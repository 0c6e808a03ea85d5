import { isWhole } from '../../component/public-source.ts';
import { parseS3Url } from '../../component/s3-url.ts';
import type { Downloads, Sighting } from '../../component/types.ts';
import type { LockedDownload } from '../../model/lock.ts';
import type { LockFile } from '../../resolve/lock-file.ts';
import { allOf } from '../../support/all-of.ts';
import { GildError } from '../../support/errors.ts';
import { componentDownloads } from '../component-runner.ts';
import type { Workshop } from '../workshop.ts';

export interface OutdatedDownload {
  /** The component that fetched it, as the recipe has it. */
  readonly use: string;
  readonly locked: LockedDownload;
  /** What the server says that it has. */
  readonly newest: Sighting;
}

/** Downloads of a lock file that are others now; in `notes`, those of which nobody can tell. Fetches nothing. */
export async function outdatedDownloads(
  { components }: LockFile,
  workshop: Workshop,
  signal: AbortSignal,
): Promise<{ readonly downloads: readonly OutdatedDownload[]; readonly notes: readonly string[] }> {
  const wanted = components.flatMap(({ use, downloads: entries = [] }) =>
    entries.filter(({ pinned }) => !pinned).map((locked) => ({ use, locked })),
  );
  if (wanted.length === 0) return { downloads: [], notes: [] };
  const downloads = await componentDownloads(workshop);
  const answers = await allOf(wanted.map(({ locked }) => lookAgain(locked, downloads, signal)));
  return {
    downloads: wanted.flatMap(({ use, locked }, index) => {
      const answer = answers[index];
      return typeof answer === 'object' && 'newest' in answer ? [{ use, locked, ...answer }] : [];
    }),
    notes: wanted.flatMap(({ locked }, index) => {
      const answer = answers[index];
      return typeof answer === 'object' && 'why' in answer
        ? [`Whether ${locked.source} changed cannot be told: ${answer.why}.`]
        : [];
    }),
  };
}

type Answer = 'same' | { readonly newest: Sighting } | { readonly why: string };

async function lookAgain(locked: LockedDownload, downloads: Downloads, signal: AbortSignal): Promise<Answer> {
  const { source, etag, lastModified } = locked;
  if (!isWhole(source)) return { why: 'part of its address is secret and not on record' };
  const object = parseS3Url(source);
  try {
    const seen = object
      ? await downloads.s3.look(object, { signal })
      : await downloads.look(source, { etag, lastModified }, { signal });
    return seen === 'same' ? seen : compare(locked, seen);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof GildError)) throw error;
    return { why: error.message.replace(/\.$/, '') };
  }
}

/** By the first of what both name: content is called by its tag, else dated, else at least measured. */
function compare(locked: LockedDownload, seen: Sighting): Answer {
  for (const name of ['etag', 'lastModified'] as const) {
    const [before, now] = [locked[name], seen[name]];
    if (before !== undefined && now !== undefined) return before === now ? 'same' : { newest: seen };
  }
  if (seen.size !== undefined && seen.size !== locked.size) return { newest: seen };
  return { why: 'its server says neither when nor whether it changes' };
}
