import type { FileChange } from '../../images/diff-files.ts';
import type { PackageChange, PackageChangeKind } from '../../images/diff-packages.ts';
import type { UserChange } from '../../images/diff-users.ts';
import type { FileFacts } from '../../images/file-tree.ts';
import { textWidth } from '../progress/text-width.ts';
import type { Paint, Style } from '../types.ts';
import { formatBytes } from '../units.ts';
import { visible } from './visible.ts';

/** What two images differ in; a part is absent where nobody asked for it. */
export interface ImageDiff {
  readonly before: string;
  readonly after: string;
  readonly packages?: readonly PackageChange[];
  readonly users?: readonly UserChange[];
  readonly files?: readonly FileChange[];
}

export function diffText(diff: ImageDiff, paint: Paint): string {
  const { packages, users, files } = diff;
  const privileged = files?.filter((file) => file.privileged);
  return [
    `${paint('bold', diff.before)} -> ${paint('bold', diff.after)}`,
    ...(packages ? section('Packages', packages, packageRow, paint) : []),
    ...(users ? section('Users', users, userRow, paint) : []),
    ...(privileged?.length ? section('Files that give rights', privileged, fileRow, paint) : []),
    ...(files ? section('Files', files, fileRow, paint) : []),
  ].join('\n');
}

type Kind = PackageChangeKind | FileChange['change'];

const kinds: readonly Kind[] = ['added', 'removed', 'upgraded', 'downgraded', 'changed'];

const marks: Readonly<Record<Kind, readonly [string, Style]>> = {
  added: ['+', 'green'],
  removed: ['-', 'red'],
  upgraded: ['>', 'cyan'],
  downgraded: ['<', 'yellow'],
  changed: ['~', 'yellow'],
};

/** One long path does not push the facts of all others off the screen. */
const widestName = 44;

function section<Change extends { readonly change: Kind }>(
  title: string,
  changes: readonly Change[],
  row: (change: Change) => readonly [string, string],
  paint: Paint,
): string[] {
  const counts = kinds.flatMap((kind) => {
    const count = changes.filter(({ change }) => change === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  const headline = `\n${paint('bold', title)}: ${counts.join(', ') || 'no difference'}`;
  if (changes.length === 0) return [headline];
  const rows = changes.map((change) => ({ mark: marks[change.change], cells: row(change).map(visible) }));
  const width = Math.min(widestName, Math.max(...rows.map(({ cells: [name = ''] }) => textWidth(name))));
  const lines = rows.map(({ mark: [sign, style], cells: [name = '', facts = ''] }) => {
    const gap = ' '.repeat(Math.max(0, width - textWidth(name)) + 2);
    return `  ${paint(style, sign)} ${name}${gap}${facts}`.trimEnd();
  });
  return [headline, ...lines];
}

function packageRow({ name, before, after }: PackageChange): readonly [string, string] {
  const versions = [before, after].filter((item) => item !== undefined);
  const moved = before && after && before.architecture !== after.architecture;
  return [
    name,
    versions.map((item) => (moved ? `${item.version} ${item.architecture}` : item.version)).join(' -> '),
  ];
}

function userRow({ name, before, after }: UserChange): readonly [string, string] {
  const users = [before, after].filter((user) => user !== undefined);
  return [name, users.map(({ uid, gid, home, shell }) => `${uid}:${gid} ${home} ${shell}`).join(' -> ')];
}

function fileRow({ path, change, before, after, differs }: FileChange): readonly [string, string] {
  if (change === 'changed' && before && after) return [path, changeText(before, after, differs)];
  const facts = before ?? after;
  return [path, facts ? factsText(facts) : ''];
}

function changeText(before: FileFacts, after: FileFacts, differs: FileChange['differs']): string {
  const both = (value: (facts: FileFacts) => string) => `${value(before)} -> ${value(after)}`;
  const parts: string[] = [];
  if (differs.includes('type')) return both(({ type }) => type);
  if (differs.includes('mode')) parts.push(`mode ${both(({ mode }) => octal(mode))}`);
  if (differs.includes('uid') || differs.includes('gid'))
    parts.push(`owner ${both(({ uid, gid }) => `${uid}:${gid}`)}`);
  if (differs.includes('size')) parts.push(both(({ size }) => formatBytes(size)));
  else if (differs.includes('content')) parts.push('content');
  if (differs.includes('linkTarget')) parts.push(`target ${both(({ linkTarget }) => linkTarget ?? '')}`);
  if (differs.includes('xattrs')) parts.push('extended attributes');
  return parts.join(', ');
}

function factsText({ type, mode, uid, gid, size, linkTarget }: FileFacts): string {
  if (type === 'symlink') return `-> ${linkTarget ?? ''}`;
  const owner = uid === 0 && gid === 0 ? '' : ` ${uid}:${gid}`;
  return `${octal(mode)}${owner} ${type === 'file' ? formatBytes(size) : type}`;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
