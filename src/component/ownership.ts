import { quote } from './program.ts';

/** Lines that set owner and group; with an owner alone, the group is that user's own. */
export function ownLines(
  path: string,
  to: {
    readonly owner: string | undefined;
    readonly group: string | undefined;
    readonly recursive?: boolean;
  },
): string[] {
  const option = to.recursive ? '-Rh ' : '';
  const target = quote(path);
  if (to.owner === undefined)
    return to.group === undefined ? [] : [`chgrp ${option}${quote(to.group)} ${target}`];
  if (to.group !== undefined) return [`chown ${option}${quote(`${to.owner}:${to.group}`)} ${target}`];
  return [`chown ${option}"$(with_group ${quote(to.owner)})" ${target}`];
}

export function modeLines(path: string, permissions: string | undefined, recursive = false): string[] {
  if (permissions === undefined) return [];
  return [`chmod ${recursive ? '-R ' : ''}${permissions.replace(/^0o/, '0')} ${quote(path)}`];
}
