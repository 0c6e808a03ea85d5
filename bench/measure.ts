import { readFileSync } from 'node:fs';
import type { Comparison, Goal, Measured, Result, Sample, Side } from './types.ts';

/** Runs both sides in turns; who is first in one pair is second in the next. */
export async function measure(bench: string, comparison: Comparison): Promise<Result> {
  const ours: Sample[] = [];
  const peer: Sample[] = [];
  for (let round = comparison.warmUp === false ? 1 : 0; round <= comparison.rounds; round++) {
    const turns = [
      [comparison.ours, ours],
      [comparison.peer, peer],
    ] as const;
    for (const [side, samples] of round % 2 === 0 ? turns : turns.toReversed()) {
      const sample = await runOnce(side);
      if (round > 0) samples.push(sample);
    }
  }
  const ratio = median(ours.map((sample, index) => sample.seconds / (peer[index] as Sample).seconds));
  const summary = (side: Side, samples: readonly Sample[]): Measured => ({
    name: side.name,
    median: {
      seconds: median(samples.map(({ seconds }) => seconds)),
      cpuSeconds: median(samples.map(({ cpuSeconds }) => cpuSeconds)),
    },
    samples,
  });
  const { what, inside, goal } = comparison;
  const mine = summary(comparison.ours, ours);
  const met = isMet(goal, mine.median.seconds, ratio);
  return { bench, what, inside, ours: mine, peer: summary(comparison.peer, peer), ratio, goal, met };
}

function isMet(goal: Goal, seconds: number, ratio: number): boolean {
  return 'ratio' in goal ? ratio <= goal.ratio : seconds <= goal.seconds;
}

async function runOnce(side: Side): Promise<Sample> {
  await side.prepare?.();
  const cpu = cpuSeconds();
  const started = performance.now();
  await side.run();
  const seconds = (performance.now() - started) / 1000;
  const sample = { seconds, cpuSeconds: cpuSeconds() - cpu };
  await side.tidy?.();
  return sample;
}

const ticksPerSecond = 100;

function cpuSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(middle)] ?? low;
  return (low + high) / 2;
}
