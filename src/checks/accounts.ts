import type { Machine } from '../platforms/types.ts';
import { readText } from './capture.ts';

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** The users of the image, read from `/etc/passwd` itself: an image needs no `getent` for it. */
export async function readAccounts(machine: Machine, signal?: AbortSignal): Promise<readonly Account[]> {
  return parsePasswd((await readText(machine, '/etc/passwd', signal)) ?? '');
}

export async function readGroups(machine: Machine, signal?: AbortSignal): Promise<readonly Group[]> {
  return parseGroup((await readText(machine, '/etc/group', signal)) ?? '');
}

export function parsePasswd(text: string): readonly Account[] {
  return rows(text, 7).map(([name = '', , uid, gid, , home = '', shell = '']) => {
    return { name, uid: Number(uid), gid: Number(gid), home, shell };
  });
}

export function parseGroup(text: string): readonly Group[] {
  return rows(text, 4).map(([name = '', , gid, members = '']) => {
    return { name, gid: Number(gid), members: members.split(',').filter((member) => member !== '') };
  });
}

function rows(text: string, fields: number): string[][] {
  const split = text.split('\n').map((line) => line.split(':'));
  return split.filter((row) => row.length >= fields && /^\d+$/.test(row[2] ?? ''));
}
