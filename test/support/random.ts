import { randomInt } from 'node:crypto';

/**
 * The seed in GILD_TEST_SEED: a number, or `random` for a new one; without it always the same, so that a run that
 * fails, fails again. It is printed.
 */
export function testSeed(label: string): number {
  const wanted = process.env.GILD_TEST_SEED ?? '1';
  const seed = wanted === 'random' ? randomInt(1 << 30) : Number(wanted);
  process.stdout.write(`${label}: GILD_TEST_SEED=${seed}\n`);
  return seed;
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
