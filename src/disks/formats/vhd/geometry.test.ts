import { expect, it } from 'vitest';
import { vhdGeometry } from './geometry.ts';

const sectors = (mebibytes: number) => (mebibytes * 1024 * 1024) / 512;

it.each([
  ['the smallest disks', sectors(1), { cylinders: 30, heads: 4, sectorsPerTrack: 17 }],
  ['100 MiB', sectors(100), { cylinders: 1003, heads: 12, sectorsPerTrack: 17 }],
  ['200 MiB', sectors(200), { cylinders: 825, heads: 16, sectorsPerTrack: 31 }],
  ['10 GiB', sectors(10 * 1024), { cylinders: 20_805, heads: 16, sectorsPerTrack: 63 }],
  ['100 GiB', sectors(100 * 1024), { cylinders: 51_400, heads: 16, sectorsPerTrack: 255 }],
  ['1 TiB', sectors(1024 * 1024), { cylinders: 65_535, heads: 16, sectorsPerTrack: 255 }],
])('is that of the specification for %s', (_what, total, geometry) => {
  expect(vhdGeometry(total)).toEqual(geometry);
});
