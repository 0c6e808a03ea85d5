import { createHash } from 'node:crypto';
import { output } from '../../src/support/process.ts';

/** Changes when Debian 12 does, which no test can prevent: what was made before and after cannot be equal. */
export async function archiveState(): Promise<string> {
  const hash = createHash('sha256');
  for (const list of [
    'debian/dists/bookworm',
    'debian/dists/bookworm-updates',
    'debian-security/dists/bookworm-security',
  ])
    hash.update(await fetchList(list));
  return hash.digest('hex');
}

/** What Debian's archive says of a suite; `path`: `debian/dists/bookworm`. */
export function fetchList(path: string): Promise<string> {
  const url = `http://deb.debian.org/${path}/InRelease`;
  return output(['curl', '--silent', '--show-error', '--fail', '--retry', '8', '--retry-all-errors', url]);
}
