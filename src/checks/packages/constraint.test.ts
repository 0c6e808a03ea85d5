import { describe, expect, it } from 'vitest';
import { compareDebian } from '../../support/packages/compare-versions.ts';
import { constraintPattern, satisfies } from './constraint.ts';

const holds = (version: string, constraint: string) => satisfies(version, constraint, compareDebian);

describe('a version constraint', () => {
  it('takes a full version, or only what upstream calls it', () => {
    expect(holds('1.22.1-9+deb12u2', '1.22.1-9+deb12u2')).toBe(true);
    expect(holds('1.22.1-9+deb12u2', '1.22.1')).toBe(true);
    expect(holds('1:9.2p1-2+deb12u3', '9.2p1')).toBe(true);
    expect(holds('1.22.1-9', '1.22')).toBe(false);
  });

  it('takes a wildcard, with or without an epoch before it', () => {
    expect(holds('1.22.1-9', '1.22.x')).toBe(true);
    expect(holds('1.22.1-9', '1.*')).toBe(true);
    expect(holds('2:1.22.1-9', '1.22.x')).toBe(true);
    expect(holds('1.220.1', '1.22.x')).toBe(false);
  });

  it('takes bounds, all of which must hold', () => {
    expect(holds('1.22.1-9', '>= 1.22, < 2')).toBe(true);
    expect(holds('2.0', '>= 1.22, < 2')).toBe(false);
    expect(holds('2~rc1', '<2')).toBe(true);
    expect(holds('2.0', '= 2.0')).toBe(true);
    expect(holds('2.0', '> 2.0')).toBe(false);
    expect(holds('2.0', '<= 2.0')).toBe(true);
  });

  it('is told from what is none', () => {
    for (const good of ['1', '1.2.x', '>=1', '>= 1, < 2', '= 1:2.3-4~x'])
      expect(good).toMatch(constraintPattern);
    for (const bad of ['', '>=', '>> 1', '1 2', '>= 1,', '!1<']) expect(bad).not.toMatch(constraintPattern);
  });
});
