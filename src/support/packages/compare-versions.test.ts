import { describe, expect, it } from 'vitest';
import { type CompareVersions, compareAlpine, compareDebian, compareRpm } from './compare-versions.ts';

/** Each list from the oldest to the newest. */
const orders: readonly {
  readonly system: string;
  readonly compare: CompareVersions;
  readonly rising: readonly string[];
}[] = [
  {
    system: 'dpkg',
    compare: compareDebian,
    rising: [
      '0.9',
      '1.0~~',
      '1.0~rc1-1',
      '1.0~rc2-1',
      '1.0',
      '1.0-1~bpo12+1',
      '1.0-1',
      '1.0-1+deb12u1',
      '1.0-1.1',
      '1.0a',
      '1.0+dfsg',
      '1.0.1',
      '1.2',
      '1.10',
      '20240101000000000000000000001',
      '20240101000000000000000000002',
      '1:0.1',
    ],
  },
  {
    system: 'rpm',
    compare: compareRpm,
    rising: ['1.0~rc1-1', '1.0-1', '1.0-2', '1.0^git1-1', '1.0a-1', '1.0.1-1', '1.2-1', '1.10-1', '1:0.1-1'],
  },
  {
    system: 'apk',
    compare: compareAlpine,
    rising: [
      '1.2_alpha1-r0',
      '1.2_rc1-r3',
      '1.2_rc2-r0',
      '1.2',
      '1.2-r0',
      '1.2-r10',
      '1.2_p1-r0',
      '1.2b-r0',
      '1.2.1-r0',
      '1.10-r0',
    ],
  },
];

describe.each(orders)('the versions of $system', ({ compare, rising }) => {
  it('sort as the package system sorts them', () => {
    for (const [i, older] of rising.entries()) {
      for (const [j, newer] of rising.entries()) {
        expect({ older, newer, order: Math.sign(compare(older, newer)) }).toEqual({
          older,
          newer,
          order: Math.sign(i - j),
        });
      }
    }
  });
});

describe('equal versions', () => {
  it('may be written in more than one way', () => {
    expect(compareDebian('1.01', '1.1')).toBe(0);
    expect(compareDebian('0:1.0', '1.0')).toBe(0);
    expect(compareRpm('1.0', '1.0-5')).toBe(0);
  });
});

const ascending = [
  ['1.0~rc1', '1.0'],
  ['1.0~~', '1.0~'],
  ['1.0~~a', '1.0~'],
  ['1.0', '1.0-1'],
  ['1.0-1', '1.0-1+b1'],
  ['1.0-1', '1.0-1.1'],
  ['1.0a', '1.0+'],
  ['1.0a', '1.0b'],
  ['1.0Z', '1.0a'],
  ['1.9', '1.10'],
  ['9.9', '1:0.1'],
  ['1:9', '2:0'],
  ['2.36-9+deb12u4', '2.36-9+deb12u10'],
  ['5.2.15-2', '5.2.15-2+b2'],
  ['1.2-3-4', '1.2-3-5'],
  ['99999999999999999998', '99999999999999999999'],
  ['1.2.3-r9', '1.2.3-r10'],
] as const;

describe('the order of dpkg', () => {
  it.each(ascending)('puts %s before %s', (older, newer) => {
    expect(compareDebian(older, newer)).toBeLessThan(0);
    expect(compareDebian(newer, older)).toBeGreaterThan(0);
  });

  it.each([
    ['1.0', '0:1.0'],
    ['1.0', '1.0-0'],
    ['1.0-', '1.0'],
    ['1.01', '1.1'],
    ['1.a', '1.a0'],
  ])('sees %s and %s as equal', (a, b) => {
    expect(compareDebian(a, b)).toBe(0);
  });
});
