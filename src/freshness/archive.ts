import { download } from '../bases/debian/download.ts';
import { readRelease, requireFresh, signedText } from '../bases/debian/release.ts';
import { allOf } from '../support/all-of.ts';
import { GildError } from '../support/errors.ts';
import type { AptSuite } from './apt-sources.ts';
import { askAgain } from './ask-again.ts';
import { findIndex, readVersions, type Versions } from './package-index.ts';

export interface ArchiveOptions {
  readonly home: string;
  readonly architecture: string;
  readonly signal?: AbortSignal | undefined;
}

/** What a suite has today. */
export interface SuiteState {
  readonly suite: string;
  /** Fixes of security alone. */
  readonly isSecurity: boolean;
  readonly versions: readonly Versions[];
}

/**
 * One request where nothing changed. `not-automatic`: apt takes nothing from it unasked (backports). Throws
 * `BASE_UNREACHABLE`, `DOWNLOAD_FAILED`, `DOWNLOAD_REFUSED`.
 */
export async function readSuite(
  source: AptSuite,
  options: ArchiveOptions,
): Promise<SuiteState | 'unknown-keys' | 'not-automatic'> {
  const { home, signal } = options;
  const folder = `${source.archive}/dists/${source.suite}`;
  const where = `${folder}/InRelease`;
  const inRelease = await askAgain(where, { home, limit: listLimit, signal });
  const release = await signedText(inRelease, where, signal);
  if (release === undefined) return 'unknown-keys';
  requireFresh(readRelease(release, where), where);
  if (/^NotAutomatic:\s*yes/im.test(release)) return 'not-automatic';
  const fetch = async ({ path, sha256 }: { path: string; sha256: string }) => {
    const byHash = path.replace(/[^/]*$/, `by-hash/SHA256/${sha256}`);
    const name = /^Acquire-By-Hash:\s*yes/im.test(release) ? byHash : path;
    const bytes = await download(`${folder}/${name}`, { limit: indexLimit, signal });
    if (bytes) return bytes;
    throw new GildError({
      code: 'DOWNLOAD_FAILED',
      message: `${folder} has no ${name}, which its list names.`,
    });
  };
  const indexes = source.components.flatMap((component) =>
    architectures(release, options.architecture).flatMap(
      (architecture) => findIndex(release, component, architecture) ?? [],
    ),
  );
  return {
    suite: source.suite,
    isSecurity: /-security$|^[^/]+\/updates$/.test(source.suite) || /^Label:.*security/im.test(release),
    versions: await allOf(indexes.map((index) => readVersions(home, index, fetch))),
  };
}

const listLimit = 16 * 1024 * 1024;
const indexLimit = 256 * 1024 * 1024;

/** Packages for all architectures stand in each index, and in one of their own where the suite says so. */
function architectures(release: string, own: string): string[] {
  const hasOwnIndex =
    /^Architectures:.*\ball\b/im.test(release) &&
    !/^No-Support-for-Architecture-all:\s*Packages/im.test(release);
  return hasOwnIndex ? [own, 'all'] : [own];
}
