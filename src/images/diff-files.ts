import type { FileFacts } from './file-tree.ts';

export interface FileChange {
  /** Absolute. */
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** What changed, of a file that both have. */
  readonly differs: readonly (typeof comparable)[number][];
  /** The file gives, or gave, more rights than its caller has: setuid, setgid on a program, file capabilities. */
  readonly privileged: boolean;
  readonly before?: FileFacts;
  readonly after?: FileFacts;
}

const comparable = ['type', 'mode', 'uid', 'gid', 'size', 'content', 'linkTarget', 'xattrs'] as const;

/** Sorted by path. */
export function diffFiles(
  before: ReadonlyMap<string, FileFacts>,
  after: ReadonlyMap<string, FileFacts>,
): readonly FileChange[] {
  const changes: FileChange[] = [];
  for (const [path, facts] of before) {
    const now = after.get(path);
    if (now === facts) continue;
    if (!now)
      changes.push({ path, change: 'removed', differs: [], privileged: isPrivileged(facts), before: facts });
    else changes.push(...compare(path, facts, now));
  }
  for (const [path, facts] of after) {
    if (before.has(path)) continue;
    changes.push({ path, change: 'added', differs: [], privileged: isPrivileged(facts), after: facts });
  }
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function compare(path: string, before: FileFacts, after: FileFacts): FileChange[] {
  const differs = comparable.filter((what) =>
    what === 'xattrs' ? xattrText(before) !== xattrText(after) : before[what] !== after[what],
  );
  if (differs.length === 0) return [];
  const privileged = isPrivileged(before) || isPrivileged(after);
  return [{ path, change: 'changed', differs, privileged, before, after }];
}

function xattrText({ xattrs = {} }: FileFacts): string {
  return JSON.stringify(Object.entries(xattrs).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isPrivileged({ type, mode, xattrs }: FileFacts): boolean {
  return type === 'file' && ((mode & 0o6000) !== 0 || xattrs?.['security.capability'] !== undefined);
}
