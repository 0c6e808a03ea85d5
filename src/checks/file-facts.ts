import type { Machine } from '../platforms/types.ts';
import { utility } from './capture.ts';

export interface FileFacts {
  readonly kind: FileKind;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
}

export type FileKind = (typeof fileKinds)[number];

export const fileKinds = ['file', 'directory', 'symlink', 'socket', 'fifo', 'device'] as const;

/** Of the path inside the machine; of what a symbolic link leads to with `follow`. */
export async function fileFacts(
  machine: Machine,
  path: string,
  options: { readonly follow: boolean; readonly signal?: AbortSignal | undefined },
): Promise<FileFacts | undefined> {
  const flags = options.follow ? ['-L'] : [];
  const { exitCode, stdout } = await utility(
    machine,
    ['stat', ...flags, '-c', '%f %u %g %s', path],
    options.signal,
  );
  const fields = /^([0-9a-f]+) (\d+) (\d+) (\d+)$/.exec(stdout.trim());
  if (exitCode !== 0 || !fields) return undefined;
  const raw = Number.parseInt(fields[1] ?? '', 16);
  return {
    kind: kinds[raw >> 12] ?? 'device',
    mode: raw & 0o7777,
    uid: Number(fields[2]),
    gid: Number(fields[3]),
    size: Number(fields[4]),
  };
}

export async function linkTarget(
  machine: Machine,
  path: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { exitCode, stdout } = await utility(machine, ['readlink', path], signal);
  return exitCode === 0 ? stdout.replace(/\n$/, '') : undefined;
}

/** By the upper four bits of `st_mode`. */
const kinds: Readonly<Record<number, FileKind>> = {
  1: 'fifo',
  4: 'directory',
  8: 'file',
  10: 'symlink',
  12: 'socket',
};
