import { fileSystemTypes } from '../model/disk.ts';
import { bytesOf, bytesPattern } from '../support/amounts.ts';
import type { CheckContext } from './cross-checks.ts';
import { field, fieldsAt, items } from './loose-values.ts';
import type { Path } from './source.ts';
import { code } from './words.ts';

const mebibyte = 2 ** 20;
/** What firmware and partition tables take. */
const leastBeside = 67 * mebibyte;
/** What a file system has of its own, whatever is in it. */
const leastOf = { ext4: 16 * mebibyte, btrfs: 32 * mebibyte, xfs: 300 * mebibyte } as const;
/** Needed before anything is mounted, or not on a disk at all. `/usr/local` comes early enough. */
const onRoot = /^\/(bin|boot|dev|etc|lib\w*|proc|run|sbin|sys|usr(?!\/local(\/|$)))(\/|$)/;

/** Rules over the fields of a disk. */
export function crossCheckDisk(context: CheckContext): void {
  mountPoints(context);
  wholeMebibytes(context);
  roomForAll(context);
}

function mountPoints({ data, add }: CheckContext): void {
  const seen = new Set<string>();
  for (const [index, partition] of items(data, ['disk', 'partitions'])) {
    const at = field(partition, 'mountPoint');
    const path = ['disk', 'partitions', index, 'mountPoint'];
    if (at === undefined) continue;
    if (onRoot.test(at))
      add({
        path,
        message: `${code(at)} cannot be a partition of its own.`,
        hint: 'A system needs it on its root before it mounts anything. `/home`, `/var`, `/srv`, `/opt`, `/tmp` can be.',
      });
    else if (seen.has(at)) add({ path, message: `There are two partitions for ${code(at)}.` });
    seen.add(at);
  }
}

function wholeMebibytes({ data, add }: CheckContext): void {
  for (const { path, bytes, least } of sizes(data)) {
    if (bytes % mebibyte !== 0)
      add({ path, message: 'Disks and partitions are whole mebibytes large.', hint: hintFor(bytes) });
    else if (bytes < least) add({ path, message: `It is too small: it has ${inMebibytes(least)} at least.` });
  }
}

/** A disk of fixed size: what is beside the root must leave some of it. */
function roomForAll({ data, add }: CheckContext): void {
  const disk = fieldsAt(data, ['disk']);
  const size = sizeOf(disk.size);
  if (size === undefined) return;
  for (const [index, partition] of items(data, ['disk', 'partitions'])) {
    if (fieldsAt(partition, []).size !== undefined) continue;
    add({
      path: ['disk', 'partitions', index],
      message: 'On a disk with a `size`, each partition needs one too.',
      hint: 'Give it a `size`, or leave that of the disk out: then all fit themselves to what is in them.',
    });
  }
  const beside = sizes(data).filter(({ path }) => path.length > 2 || path[1] === 'swap');
  const leastRoot = leastFileSystem(disk);
  const needed = beside.reduce((sum, { bytes }) => sum + bytes, leastBeside + leastRoot);
  if (needed > size)
    add({
      path: ['disk', 'size'],
      message: `A disk of ${inMebibytes(size)} is too small: with all of its partitions, and ${inMebibytes(leastRoot)} for the root, it needs ${inMebibytes(needed)}.`,
    });
}

interface Size {
  readonly path: Path;
  readonly bytes: number;
  readonly least: number;
}

function sizes(data: unknown): Size[] {
  const found: Size[] = [];
  const look = (value: unknown, path: Path, least: number) => {
    const bytes = sizeOf(value);
    if (bytes !== undefined) found.push({ path, bytes, least });
  };
  const { size, swap } = fieldsAt(data, ['disk']);
  look(size, ['disk', 'size'], mebibyte);
  look(swap, ['disk', 'swap'], mebibyte);
  for (const [index, partition] of items(data, ['disk', 'partitions'])) {
    const path = ['disk', 'partitions', index, 'size'];
    look(fieldsAt(partition, []).size, path, leastFileSystem(partition));
  }
  return found;
}

/** Of a disk's root, or of a partition. */
function leastFileSystem(value: unknown): number {
  const type = fileSystemTypes.find((known) => known === field(value, 'filesystem'));
  return leastOf[type ?? 'ext4'];
}

function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && bytesPattern.test(value) ? bytesOf(value) : undefined;
}

function hintFor(bytes: number): string {
  return `Nearest is ${code(inMebibytes(Math.max(1, Math.ceil(bytes / mebibyte)) * mebibyte))}.`;
}

function inMebibytes(bytes: number): string {
  return `${Math.ceil(bytes / mebibyte)}MiB`;
}
