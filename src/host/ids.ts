import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { GildError } from '../support/errors.ts';

/** Id 0 of the namespace is `uid` and `gid` on the host, 1 to `count` are `subUid`.. and `subGid`... */
export interface IdRange {
  readonly rootless: boolean;
  readonly uid: number;
  readonly gid: number;
  readonly subUid: number;
  readonly subGid: number;
  readonly count: number;
}

/** Far above what `useradd` hands out from `/etc/subuid`, so that no user shares ids with our namespaces. */
const firstRootId = 1878982656;
const enough = 65_535;

export function hostIds(): IdRange {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  if (uid === 0) {
    const first = firstRootId;
    return { rootless: false, uid: first, gid: first, subUid: first + 1, subGid: first + 1, count: enough };
  }
  const users = subordinateRange('/etc/subuid', uid);
  const groups = subordinateRange('/etc/subgid', uid);
  const count = Math.min(users.count, groups.count, enough);
  return { rootless: true, uid, gid, subUid: users.first, subGid: groups.first, count };
}

function subordinateRange(file: string, uid: number): { first: number; count: number } {
  const names = [userInfo().username, String(uid)];
  for (const line of linesOf(file)) {
    const [name = '', first, count] = line.split(':');
    if (names.includes(name) && Number(count) >= enough)
      return { first: Number(first), count: Number(count) };
  }
  throw new GildError({
    code: 'HOST_UNSUPPORTED',
    message: `${file} gives the user ${names[0]} no range of ${enough} ids, which a rootless build needs.`,
    hint: `As root: \`usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${names[0]}\`, or run Gild as root.`,
  });
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
