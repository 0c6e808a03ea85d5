import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { giveToNamespace } from '../host/namespace-folder.ts';
import { requireProgram } from '../host/programs.ts';
import type { Host, Namespace } from '../host/types.ts';
import { GildError } from '../support/errors.ts';
import { output } from '../support/process.ts';
import type { DiskFile } from './types.ts';

/** What a machine writes, in a file that can outlive it. */
export interface Overlay {
  /** What the machine writes to, in a folder of its namespace. */
  readonly path: string;
  /** Puts it where it is kept, wholly or not at all; nothing where it is not. */
  keep(): Promise<void>;
}

export interface OverlayRequest {
  /** Where it is kept; one that is there is gone on from. It is thrown away when absent. */
  readonly file: string | undefined;
  readonly disk: DiskFile;
  /** The namespace's root writes here. */
  readonly folder: string;
  readonly host: Host;
  readonly namespace: Namespace;
}

/**
 * Throws `DISK_INVALID` where the file is one of another disk, `BOOT_FAILED` where the disk cannot be read, and
 * `HOST_TOOL_MISSING` without qemu-img.
 */
export async function openOverlay(request: OverlayRequest): Promise<Overlay> {
  const { file, disk, folder, host, namespace } = request;
  const path = join(folder, 'overlay.qcow2');
  requireProgram('qemu-img');
  if (file !== undefined && existsSync(file)) {
    await copy(file, path);
    await giveToNamespace(host, path);
    await requireBacking(namespace, path, { file, disk });
  } else {
    await create(namespace, path, disk);
  }
  const keep = async () => {
    if (file !== undefined) await putBack(path, file);
  };
  return { path, keep };
}

async function create(namespace: Namespace, path: string, disk: DiskFile): Promise<void> {
  const said: Buffer[] = [];
  const command = ['qemu-img', 'create', '-q', '-f', 'qcow2', '-b', disk.path, '-F', disk.format, path];
  const { exitCode } = await namespace.exec(command, { onStderr: (chunk) => void said.push(chunk) });
  if (exitCode === 0) return;
  const message = `No machine can be started from this disk: ${Buffer.concat(said).toString().trim()}`;
  throw new GildError({ code: 'BOOT_FAILED', message });
}

/** Digests are part of the paths of disks, so the same path is the same disk. */
async function requireBacking(
  namespace: Namespace,
  path: string,
  { file, disk }: { readonly file: string; readonly disk: DiskFile },
): Promise<void> {
  const chunks: Buffer[] = [];
  const info = ['qemu-img', 'info', '--output=json', path];
  await namespace.exec(info, { onStdout: (chunk) => void chunks.push(chunk) });
  if (backingOf(Buffer.concat(chunks).toString()) === disk.path) return;
  throw new GildError({
    code: 'DISK_INVALID',
    message: `${file} is not what a machine of this disk wrote.`,
    hint: 'Name a file that is not there, and it is made.',
  });
}

function backingOf(json: string): unknown {
  try {
    return JSON.parse(json)['backing-filename'];
  } catch {
    return undefined;
  }
}

async function putBack(path: string, file: string): Promise<void> {
  const partial = `${file}.partial`;
  try {
    await copy(path, partial);
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
}

function copy(from: string, to: string): Promise<string> {
  return output(['cp', '--reflink=auto', '--sparse=always', '--', from, to]);
}
