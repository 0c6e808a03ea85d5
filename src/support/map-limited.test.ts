import { expect, it } from 'vitest';
import { mapLimited } from './map-limited.ts';

it('keeps the order of the list and never has more jobs at a time than it may', async () => {
  let running = 0;
  let most = 0;
  const results = await mapLimited([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < item; turn++) await Promise.resolve();
    running -= 1;
    return item * 10;
  });
  expect(results).toEqual([10, 20, 30, 40, 50, 60, 70]);
  expect(most).toBe(3);
});

it('fails as the job does', async () => {
  const job = async (item: number) => {
    if (item === 2) throw new Error('two');
    return item;
  };
  await expect(mapLimited([1, 2, 3], 1, job)).rejects.toThrow('two');
});
