export interface UserChange {
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly before?: User;
  readonly after?: User;
}

export interface User {
  readonly uid: string;
  readonly gid: string;
  readonly home: string;
  readonly shell: string;
}

/** Of two `/etc/passwd`; sorted by name. */
export function diffUsers(before: string, after: string): readonly UserChange[] {
  const [left, right] = [parse(before), parse(after)];
  const names = [...new Set([...left.keys(), ...right.keys()])].sort();
  return names.flatMap((name) => compare(name, left.get(name), right.get(name)) ?? []);
}

function compare(name: string, before?: User, after?: User): UserChange | undefined {
  if (!before) return after && { name, change: 'added', after };
  if (!after) return { name, change: 'removed', before };
  return JSON.stringify(before) === JSON.stringify(after)
    ? undefined
    : { name, change: 'changed', before, after };
}

function parse(passwd: string): Map<string, User> {
  const users = new Map<string, User>();
  for (const line of passwd.split('\n')) {
    const [name, , uid, gid, , home = '', shell = ''] = line.split(':');
    if (name && uid !== undefined && gid !== undefined) users.set(name, { uid, gid, home, shell });
  }
  return users;
}
