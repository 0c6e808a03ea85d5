import type { Machine } from '../platforms/types.ts';
import { isUnreachable } from '../platforms/unreachable.ts';
import { capture } from './capture.ts';

export interface SystemState {
  readonly failedUnits: readonly string[];
  /** One clause for people. */
  readonly remark: string;
  /** Why the first of them failed. */
  readonly output?: string;
}

/** Waits until systemd has started all that it is going to start, and asks what failed. */
export async function systemState(
  machine: Machine,
  { seconds, signal }: { readonly seconds: number; readonly signal: AbortSignal | undefined },
): Promise<SystemState> {
  const ask = (...argv: string[]) => capture(machine, { argv, timeoutMs: seconds * 1000, signal });
  try {
    const { exitCode } = await ask('systemctl', 'is-system-running', '--wait');
    if (exitCode === 127) return { failedUnits: [], remark: 'without systemd there are no units to ask' };
    const listed = await ask('systemctl', 'list-units', '--failed', '--plain', '--no-legend');
    const failedUnits = listed.stdout.split('\n').flatMap((line) => line.trim().split(/\s+/)[0] || []);
    const [first] = failedUnits;
    if (first === undefined) return { failedUnits, remark: 'no unit failed' };
    const status = await ask('systemctl', 'status', '--no-pager', '--full', first);
    return { failedUnits, remark: 'units failed', output: status.stdout };
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    return { failedUnits: [], remark: `its units were not asked: ${(error as Error).message}` };
  }
}
