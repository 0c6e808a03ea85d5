import { cpus } from 'node:os';

/**
 * Begins to count; says for how many milliseconds since then the machine has had nothing to do, so that whoever waited,
 * waited without need. It is never more than the time that has passed, and less where others keep the machine busy.
 */
export function countIdleTime(): () => number {
  const begin = idleTimes();
  return () => Math.min(...idleTimes().map((time, cpu) => time - (begin[cpu] ?? 0)));
}

/** Of each processor since boot, without what it waited for disks. */
function idleTimes(): number[] {
  return cpus().map(({ times }) => times.idle);
}
