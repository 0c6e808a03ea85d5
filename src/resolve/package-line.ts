import type { Package } from '../model/image.ts';
import type { LockedPackage, PackageFile } from '../model/lock.ts';
import { packageName } from '../support/packages/package-name.ts';

/** A package's name in a lock file, with its file where that is known: `nginx 1.22.1-9 amd64 sha256:... 120000 pool/main/n/nginx/nginx_1.22.1-9_amd64.deb`. */
export function packageLine(item: Package, file: PackageFile | undefined): string {
  const name = packageName(item);
  if (!file) return name;
  const line = `${name} sha256:${file.sha256}`;
  return isPath(file.path) ? `${line} ${file.size} ${file.path}` : line;
}

/** The name that a line begins with. */
export function nameInLine(line: string): string {
  return line.split(' ').slice(0, 3).join(' ');
}

/** Undefined where a line does not have all of it, or something that cannot be. */
export function readPackageLine(line: string): LockedPackage | undefined {
  const [, name = '', version = '', architecture = '', sha256 = '', size, path = ''] =
    /^([a-z0-9][a-z0-9+.-]*) ([A-Za-z0-9.+~:-]+) ([a-z0-9-]+) sha256:([0-9a-f]{64}) (\d{1,12}) (\S+)$/.exec(
      line,
    ) ?? [];
  return isPath(path) ? { name, version, architecture, sha256, size: Number(size), path } : undefined;
}

/** It becomes part of an address: no name in it is `.` or `..`. */
function isPath(path: string): boolean {
  return /^(?:(?!\.{1,2}\/)[\w.+~%:-]+\/)*[\w.+~%:-]+\.deb$/.test(path);
}
