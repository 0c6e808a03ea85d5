import type { WorkResult } from '../../cache/types.ts';
import type { LockedDownload } from '../../model/lock.ts';
import { GildError } from '../../support/errors.ts';
import type { PlannedBuild } from '../types.ts';
import { lockedEntry } from './locked-entries.ts';

/** What the lock file says of the downloads of a step. */
export function lockedDownloads(planned: PlannedBuild, step: string): readonly LockedDownload[] {
  return lockedEntry(planned, step)?.downloads ?? [];
}

/** Writes down what a component fetches, and stops what is not as it is locked. */
export function watchDownloads(locked: readonly LockedDownload[]) {
  const taken = new Map<string, LockedDownload>();
  return {
    /** What a document says itself counts more than the lock file. Throws `DOWNLOAD_CHANGED`. */
    take: (download: LockedDownload): void => {
      if (!download.pinned && isOther(download, locked)) throw changed(download, locked);
      taken.set(`${download.source} ${download.digest}`, download);
    },
    taken: (): readonly LockedDownload[] => [...taken.values()],
  };
}

/** Why what a step came to is not what the lock file says of its downloads. */
export function otherDownload(
  { downloads = [] }: WorkResult,
  locked: readonly LockedDownload[],
): string | undefined {
  const other = downloads.find((download) => isOther(download, locked));
  return other && `the lock file has another ${other.source} than it was made with`;
}

/** An address whose secret part is left out may stand there more than once. */
function isOther({ source, digest }: LockedDownload, locked: readonly LockedDownload[]): boolean {
  const known = locked.filter((entry) => entry.source === source);
  return known.length > 0 && !known.some((entry) => entry.digest === digest);
}

function changed(download: LockedDownload, locked: readonly LockedDownload[]): GildError {
  const said = locked.filter(({ source }) => source === download.source).map(content);
  return new GildError({
    code: 'DOWNLOAD_CHANGED',
    message: `${download.source} is not what the lock file says: it has ${said.join(' or ')}, and ${content(download)} came.`,
    hint: 'If it is meant to be another now, take it: `gild lock --update downloads`.',
  });
}

function content({ digest, size }: LockedDownload): string {
  return `${digest} (${size} bytes)`;
}
