import { expect, it } from 'vitest';
import { debName, readDebName } from './deb-name.ts';

it.each([
  ['hello', '2.10-3', 'amd64', 'hello_2.10-3_amd64.deb'],
  ['libcap2-bin', '1:2.66-4+deb12u3+b1', 'amd64', 'libcap2-bin_1%3a2.66-4+deb12u3+b1_amd64.deb'],
  ['g++', '4:12.2.0~rc1', 'all', 'g++_4%3a12.2.0~rc1_all.deb'],
])('names %s %s as apt does, and reads that again', (name, version, architecture, file) => {
  expect(debName({ name, version, architecture })).toBe(file);
  expect(readDebName(file)).toEqual({ name, version, architecture });
});

it.each([
  'partial',
  'lock',
  'a_1.deb',
  '../a_1_amd64.deb',
  'a_1_amd64.deb.part',
  '-a_1_amd64.deb',
  'a_1\n_amd64.deb',
])('reads %j as no package', (file) => {
  expect(readDebName(file)).toBeUndefined();
});
