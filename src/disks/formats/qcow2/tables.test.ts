import { expect, it } from 'vitest';
import { clusterSize } from './header.ts';
import { planLayout } from './tables.ts';

it('counts the clusters that hold the counts', () => {
  const perBlock = clusterSize / 2;
  expect(planLayout(clusterSize, 1, 1)).toMatchObject({
    l1: 1,
    l2: 1,
    refcountBlocks: 1,
    refcountTable: 1,
    total: 6,
  });
  const rest = 1 + 1 + 1 + 1 + 1;
  expect(planLayout(clusterSize, 1, perBlock - rest).refcountBlocks).toBe(1);
  expect(planLayout(clusterSize, 1, perBlock - rest + 1).refcountBlocks).toBe(2);
});
