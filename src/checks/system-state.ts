import type { Machine } from '../platforms/types.ts';
import { isUnreachable } from '../platforms/unreachable.ts';
import { capture, readText } from './capture.ts';

export interface SystemState {
  /** What did not come up as it should, a clause each. */
  readonly failures: readonly string[];
  /** One clause for people. */
  readonly remark: string;
  /** Why the first unit failed. */
  readonly output?: string;
}

interface Patience {
  readonly seconds: number;
  readonly signal: AbortSignal | undefined;
}

/** Waits until systemd has started all that it is going to start, and asks what failed. */
export async function systemState(machine: Machine, { seconds, signal }: Patience): Promise<SystemState> {
  const ask = (...argv: string[]) => capture(machine, { argv, timeoutMs: seconds * 1000, signal });
  try {
    const { exitCode } = await ask('systemctl', 'is-system-running', '--wait');
    if (exitCode === 127) return { failures: [], remark: 'without systemd there are no units to ask' };
    const listed = await ask('systemctl', 'list-units', '--failed', '--plain', '--no-legend');
    const failedUnits = listed.stdout.split('\n').flatMap((line) => line.trim().split(/\s+/)[0] || []);
    const errors = cloudInitErrors(await readText(machine, cloudInitResult, signal));
    const failures = [
      ...(errors.length > 0 ? [`cloud-init failed: ${errors.join(', ')}`] : []),
      ...(failedUnits.length > 0 ? [`these units failed: ${failedUnits.join(', ')}`] : []),
    ];
    if (failures.length === 0) return { failures, remark: 'no unit failed' };
    const status = await ask('systemctl', 'status', '--no-pager', '--full', ...failedUnits.slice(0, 1));
    return { failures, remark: 'units failed', output: status.stdout };
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    return { failures: [], remark: `its units were not asked: ${(error as Error).message}` };
  }
}

/** Written when it is done. Source: cloud-init's documentation of its exported files. */
const cloudInitResult = '/run/cloud-init/result.json';

/** What went wrong in its modules, also where that makes no unit of systemd fail; nothing where there is no cloud-init. */
export function cloudInitErrors(result: string | undefined): readonly string[] {
  try {
    const { errors } = JSON.parse(result ?? '{}').v1 ?? {};
    return Array.isArray(errors) ? errors.map(String) : [];
  } catch {
    return ['its result.json cannot be read'];
  }
}
