import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';

export interface MachineState {
  readonly cores: number;
  readonly processor: string;
  readonly kernel: string;
  readonly node: string;
  /** Over the last minute. */
  readonly load: number;
  /** Share of the cores that others used while nothing of ours ran. */
  readonly busy: number;
}

/** Looks at the machine for half a second. */
export async function lookAtMachine(): Promise<MachineState> {
  const before = times();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const after = times();
  const busy = 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all);
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    kernel: readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim(),
    node: process.version,
    load: loadavg()[0] ?? 0,
    busy,
  };
}

export function isQuiet({ busy }: MachineState): boolean {
  return busy < 0.1;
}

function times(): { readonly idle: number; readonly all: number } {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const values = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return { idle: (values[3] ?? 0) + (values[4] ?? 0), all: values.reduce((sum, value) => sum + value, 0) };
}
