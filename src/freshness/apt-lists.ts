import { readRelease, signedText } from '../bases/debian/release.ts';
import type { Digest } from '../model/digest.ts';
import type { PackageFile } from '../model/lock.ts';
import { sha256 } from '../support/canonical.ts';
import { GildError } from '../support/errors.ts';
import { plainIndex, readFiles } from './package-index.ts';

/** What `apt-get update` left in `/var/lib/apt/lists`, which anything in the image may have written. */
export interface AptLists {
  readonly names: readonly string[];
  read(names: readonly string[]): Promise<ReadonlyMap<string, Buffer>>;
}

export interface AptPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

/** A package as an index has it that somebody known has signed. */
export interface SignedPackage extends AptPackage, PackageFile {
  readonly suite: SignedSuite;
}

export interface SignedSuite {
  /** Of its `InRelease`. */
  readonly digest: Digest;
  /** `Debian` */
  readonly origin: string;
  /** `bookworm-security` */
  readonly codename: string;
}

/** Those of the packages that a signed index names. Nothing is fetched, and what nobody known has signed is passed over. */
export async function findSigned(
  wanted: readonly AptPackage[],
  lists: AptLists,
  { home, signal }: { readonly home: string; readonly signal?: AbortSignal | undefined },
): Promise<readonly SignedPackage[]> {
  const found: SignedPackage[] = [];
  const files = await lists.read(lists.names.filter((name) => name.endsWith(listName)));
  for (const [name, bytes] of files) {
    const release = await verified(bytes, name, signal);
    if (release === undefined) continue;
    const suite = {
      digest: sha256(bytes),
      origin: originOf(release),
      codename: readRelease(release, name).codename,
    };
    const prefix = name.slice(0, -listName.length);
    for (const index of lists.names.filter((other) => other.startsWith(`${prefix}_`))) {
      const [, folder = ''] = /^_(.+_binary-[a-z0-9-]+)_Packages$/.exec(index.slice(prefix.length)) ?? [];
      const file = plainIndex(release, folder.replaceAll('_', '/').replaceAll('%5f', '_'));
      if (!file) continue;
      const text = await readFiles(home, file, async () => {
        const read = await lists.read([index]);
        return read.get(index) ?? Buffer.alloc(0);
      }).catch(unlessRefused);
      const lines = `\n${text ?? ''}`;
      for (const item of wanted) {
        const line = lineOf(lines, item);
        if (line) found.push({ ...item, ...line, suite });
      }
    }
  }
  return found;
}

const listName = '_InRelease';

/** A signature that is bad is as good as none: a machine may have written it. */
async function verified(
  bytes: Buffer,
  name: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    return await signedText(bytes, name, signal);
  } catch (error) {
    if (error instanceof GildError && error.code === 'BASE_UNREACHABLE') return undefined;
    throw error;
  }
}

function unlessRefused(error: unknown): undefined {
  if (!(error instanceof GildError) || error.code !== 'DOWNLOAD_REFUSED') throw error;
}

function originOf(release: string): string {
  return /^Origin:[ \t]*(.*)$/m.exec(release)?.[1]?.trim() ?? '';
}

/** Of the lines of an index, as `readFiles` has them, each after a line break. */
function lineOf(lines: string, item: AptPackage): PackageFile | undefined {
  const start = `\n${lineStart(item)}`;
  const at = lines.indexOf(start);
  if (at < 0) return undefined;
  const end = lines.indexOf('\n', at + start.length);
  return parseFile(lines.slice(at + start.length, end < 0 ? undefined : end));
}

/** What the line of a package begins with. */
export function lineStart({ name, version, architecture }: AptPackage): string {
  return `${name} ${architecture} ${version} `;
}

/** The rest of such a line. */
export function parseFile(rest: string): PackageFile | undefined {
  const [size, sha256 = '', path = ''] = rest.split(' ');
  return /^[0-9a-f]{64}$/.test(sha256) ? { size: Number(size), sha256, path } : undefined;
}
