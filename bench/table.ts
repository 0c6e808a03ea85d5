import type { MachineState } from './machine.ts';
import { isQuiet } from './machine.ts';
import type { Goal, Measured, Result } from './types.ts';

export function table(results: readonly Result[]): string {
  const head = ['', 'ours', 'CPU', 'against', 'theirs', 'CPU', 'ratio', 'goal', ''];
  const rows = results.map((result) => [
    result.what,
    ...times(result.ours),
    result.peer.name,
    ...times(result.peer),
    result.ratio.toFixed(2),
    goalText(result.goal),
    result.met ? 'met' : 'MISSED',
  ]);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function machineText(state: MachineState): string {
  const busy = Math.round(state.busy * 100);
  const load = `load ${state.load.toFixed(1)}, others use ${busy} % of ${state.cores} cores`;
  const quiet = isQuiet(state)
    ? 'quiet'
    : 'NOT QUIET: trust the ratios more than the times, and neither much';
  return `${state.processor}, Linux ${state.kernel}, Node ${state.node}; ${load}: ${quiet}`;
}

function times({ median }: Measured): [string, string] {
  return [duration(median.seconds), duration(median.cpuSeconds)];
}

function goalText(goal: Goal): string {
  return 'ratio' in goal ? `<= ${goal.ratio.toFixed(2)} x` : `< ${duration(goal.seconds)}`;
}

function duration(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(2)} s`;
}
