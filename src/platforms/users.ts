import { GildError } from '../support/errors.ts';

export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly home: string;
}

export const rootUser: User = { uid: 0, gid: 0, groups: [], home: '/root' };

/** Whether the image's own user database is needed to know who is meant. */
export function needsDatabase(user: string): boolean {
  return user !== 'root' && user !== '0' && user !== '0:0';
}

/** `name`, `uid` or `uid:gid`, looked up in the texts of `/etc/passwd` and `/etc/group` as far as needed. */
export function lookUpUser(user: string, passwd: string, group: string): User {
  const [who = '', which] = user.split(':');
  const row = rows(passwd).find(
    (fields) => fields[0] === who || (isNumber(who) && Number(fields[2]) === Number(who)),
  );
  if (!row && !isNumber(who)) throw unknown(user);
  const uid = Number(row?.[2] ?? who);
  const gid = which === undefined ? Number(row?.[3] ?? 0) : groupId(which, group, user);
  const name = row?.[0];
  const groups =
    name === undefined ? [] : rows(group).filter((fields) => fields[3]?.split(',').includes(name));
  return {
    uid,
    gid,
    groups:
      which === undefined
        ? groups.map((fields) => Number(fields[2])).filter((id) => isNumber(String(id)))
        : [],
    home: row?.[5] || '/',
  };
}

function groupId(which: string, group: string, user: string): number {
  if (isNumber(which)) return Number(which);
  const row = rows(group).find((fields) => fields[0] === which);
  if (!row) throw unknown(user);
  return Number(row[2]);
}

function rows(text: string): string[][] {
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => isNumber(fields[2] ?? ''));
}

function isNumber(text: string): boolean {
  return /^\d{1,9}$/.test(text);
}

function unknown(user: string): GildError {
  return new GildError({
    code: 'STEP_FAILED',
    message: `The image has no user \`${user}\`.`,
    hint: 'Create it in an earlier step, or give a number.',
  });
}
