import type { Package } from '../../model/image.ts';
import type { Machine } from '../../platforms/types.ts';
import {
  type CompareVersions,
  compareAlpine,
  compareDebian,
  compareRpm,
} from '../../support/packages/compare-versions.ts';
import { parseApkInstalled, parseDpkgStatus } from '../../support/packages/databases.ts';
import { capture, readText, utility } from '../capture.ts';

export interface PackageDatabase {
  readonly system: 'dpkg' | 'apk' | 'rpm' | 'none';
  /** Sorted by name, then architecture. */
  readonly packages: readonly Package[];
  readonly compare: CompareVersions;
}

/** What is installed, by the image's own package database: read as text, so an image needs no tools for it. */
export async function readPackages(machine: Machine, signal?: AbortSignal): Promise<PackageDatabase> {
  const dpkg = await dpkgStatus(machine, signal);
  if (dpkg !== undefined)
    return { system: 'dpkg', packages: sorted(parseDpkgStatus(dpkg)), compare: compareDebian };
  const apk = await readText(machine, '/lib/apk/db/installed', signal);
  if (apk !== undefined)
    return { system: 'apk', packages: sorted(parseApkInstalled(apk)), compare: compareAlpine };
  const rpm = await rpmQuery(machine, signal);
  if (rpm !== undefined) return { system: 'rpm', packages: sorted(parseRpmQuery(rpm)), compare: compareRpm };
  return { system: 'none', packages: [], compare: compareDebian };
}

/** Images without dpkg itself keep one file per package in `status.d`. */
async function dpkgStatus(machine: Machine, signal: AbortSignal | undefined): Promise<string | undefined> {
  const status = await readText(machine, '/var/lib/dpkg/status', signal);
  const found = await utility(
    machine,
    ['find', '/var/lib/dpkg/status.d', '-type', 'f', '!', '-name', '*.md5sums'],
    signal,
  );
  const files = found.stdout.split('\n').filter((line) => line.startsWith('/'));
  if (files.length === 0) return status;
  const parts = await utility(machine, ['cat', ...files.sort().slice(0, 5000)], signal);
  return `${status ?? ''}\n\n${parts.stdout.replaceAll(/^Package:/gm, '\nPackage:')}`;
}

async function rpmQuery(machine: Machine, signal: AbortSignal | undefined): Promise<string | undefined> {
  const format = '%{NAME}\\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\\t%{ARCH}\\n';
  const { exitCode, stdout } = await capture(machine, {
    argv: ['rpm', '-qa', '--qf', format],
    timeoutMs: 60_000,
    signal,
  });
  return exitCode === 0 ? stdout : undefined;
}

export function parseRpmQuery(text: string): readonly Package[] {
  const rows = text.split('\n').filter((line) => line !== '');
  const parsed = rows
    .map((line) => line.split('\t'))
    .map(([name, version, architecture]) => entry(name, version, architecture));
  return parsed.filter(({ name }) => name !== 'gpg-pubkey');
}

function entry(name = '', version = '', architecture = ''): Package {
  return { name, version, architecture };
}

function sorted(packages: readonly Package[]): readonly Package[] {
  const key = ({ name, architecture }: Package) => `${name}\0${architecture}`;
  return [...packages].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
