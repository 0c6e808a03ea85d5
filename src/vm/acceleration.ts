import { accessSync, constants, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootId } from '../host/proc.ts';
import { requireProgram } from '../host/programs.ts';
import type { Host } from '../host/types.ts';
import { digestOf } from '../support/canonical.ts';
import { writeAtomically } from '../support/files.ts';
import { runProcess } from '../support/process.ts';
import { probeExitCode, probeGuest } from './probe-guest.ts';
import type { Accelerator } from './types.ts';

export interface Acceleration {
  readonly accelerator: Accelerator;
  /** For people: what was chosen and why. */
  readonly because: string;
}

/** Long for a guest that ends with its first instruction; a KVM that needs more would hang with a real one. */
const patienceMs = 1000;

/**
 * Found out by starting a guest, for `/dev/kvm` may be there and hang. What was found is kept until the next boot.
 * Throws `HOST_TOOL_MISSING` without QEMU.
 */
export async function accelerationOf(host: Host): Promise<Acceleration> {
  const qemu = requireProgram('qemu-system-x86_64');
  const { size, mtimeMs } = statSync(qemu);
  const file = join(host.home, 'facts', `vm-${process.getuid?.()}.json`);
  const key = digestOf('gild.acceleration.v1', { boot: bootId(), qemu, size, mtime: Math.floor(mtimeMs) });
  const known = read(file);
  if (known?.key === key) return known.found;
  const found = await probe(host, qemu);
  await writeAtomically(file, JSON.stringify({ key, found }));
  return found;
}

async function probe(host: Host, qemu: string): Promise<Acceleration> {
  const refusal = kvmRefusal();
  if (refusal) return { accelerator: 'tcg', because: refusal };
  const scratch = await host.scratch('probe');
  try {
    const disk = join(scratch.path, 'probe.img');
    writeFileSync(disk, probeGuest());
    const { exitCode, timedOut } = await runProcess(probeCommand(qemu, disk), { timeoutMs: patienceMs });
    if (exitCode === probeExitCode) return { accelerator: 'kvm', because: '/dev/kvm works' };
    const how = timedOut ? `a guest under it did not end within ${patienceMs / 1000} s` : 'no guest starts';
    return { accelerator: 'tcg', because: `/dev/kvm is there, but ${how}` };
  } finally {
    await scratch.release();
  }
}

function kvmRefusal(): string | undefined {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    const absent = (error as { code?: string }).code === 'ENOENT';
    return absent ? 'this host has no /dev/kvm' : '/dev/kvm may not be opened by this user';
  }
}

function probeCommand(qemu: string, disk: string): string[] {
  return [
    qemu,
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-m', '16'],
    ...['-machine', 'pc,accel=kvm', '-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
    ...['-drive', `file=${disk},format=raw,if=ide,read-only=off`],
  ];
}

function read(file: string): { readonly key: string; readonly found: Acceleration } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
