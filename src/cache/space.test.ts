import { describe, expect, it } from 'vitest';
import { defaultLimits, excess, spaceLimits } from './space.ts';

const GB = 1e9;
const names = { reserved: '--reserved', max: '--max', keepFree: '--keep-free' };
const limits = (total: number, texts = defaultLimits) => spaceLimits(texts, { total, free: 0 }, names);

describe('limits of space', () => {
  it('are parts of a small disk, and amounts of a large one', () => {
    expect(limits(50 * GB)).toEqual({ reserved: 5 * GB, max: 40 * GB, keepFree: 10 * GB });
    expect(limits(1000 * GB)).toEqual({ reserved: 10 * GB, max: 100 * GB, keepFree: 200 * GB });
  });

  it('ask for nothing while the store is small and the disk has room', () => {
    expect(excess(20 * GB, { total: 50 * GB, free: 20 * GB }, limits(50 * GB))).toBe(0);
  });

  it('ask for what is over the cap, and for what others lack', () => {
    expect(excess(45 * GB, { total: 50 * GB, free: 20 * GB }, limits(50 * GB))).toBe(5 * GB);
    expect(excess(20 * GB, { total: 50 * GB, free: 4 * GB }, limits(50 * GB))).toBe(6 * GB);
  });

  it('leave what is reserved, however full the disk is', () => {
    expect(excess(7 * GB, { total: 50 * GB, free: 0 }, limits(50 * GB))).toBe(2 * GB);
    expect(excess(3 * GB, { total: 50 * GB, free: 0 }, limits(50 * GB))).toBe(0);
  });

  it('say what is wrong with an amount, and where it stands', () => {
    for (const max of ['lots', '101%', '-1GB', '', '10', '80%,'])
      expect(() => limits(GB, { ...defaultLimits, max })).toThrow(/is no amount of space for --max/);
  });
});
