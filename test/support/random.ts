import { randomInt } from 'node:crypto';

/** The seed in GILD_TEST_SEED, else a new one; printed, so that a failure can be had again. */
export function testSeed(label: string): number {
  const seed = Number(process.env.GILD_TEST_SEED ?? randomInt(1 << 30));
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
