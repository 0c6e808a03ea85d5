import type { RunRecord } from '../../images/types.ts';
import { fitTable } from '../table.ts';
import type { Cli, Style } from '../types.ts';
import { formatAge, formatSeconds } from '../units.ts';

/** A line for each run, newest first. */
export function runTable(
  runs: readonly RunRecord[],
  { paint, columns }: Pick<Cli, 'paint' | 'columns'>,
  now: Date,
): string {
  const rows = runs.map((run) => [
    run.id,
    paint(styles[run.status], run.status),
    formatAge(run.startedAt, now),
    took(run),
    run.image,
  ]);
  const head = ['RUN', 'STATUS', 'STARTED', 'TOOK', 'IMAGE'];
  return fitTable([head, ...rows], { columns, shrink: head.length - 1 });
}

const styles: Readonly<Record<RunRecord['status'], Style>> = {
  running: 'cyan',
  success: 'green',
  failed: 'red',
  'tests-failed': 'red',
  cancelled: 'yellow',
  lost: 'yellow',
};

function took({ startedAt, finishedAt }: RunRecord): string {
  if (finishedAt === undefined) return '-';
  return formatSeconds(Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);
}
