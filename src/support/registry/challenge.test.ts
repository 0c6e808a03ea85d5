import { describe, expect, it } from 'vitest';
import { cpuTime } from '../../../test/support/cpu-time.ts';
import { parseChallenges } from './challenge.ts';

describe('parseChallenges', () => {
  it('reads what Docker Hub sends', () => {
    const header =
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"';
    expect(parseChallenges(header)).toEqual([
      {
        scheme: 'bearer',
        parameters: {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:a/b:pull,push',
        },
      },
    ]);
  });

  it('reads several challenges in one header, names in any case, and bare values', () => {
    expect(parseChallenges('BASIC Realm="a, \\"b\\"", bearer REALM = c,error=insufficient_scope')).toEqual([
      { scheme: 'basic', parameters: { realm: 'a, "b"' } },
      { scheme: 'bearer', parameters: { realm: 'c', error: 'insufficient_scope' } },
    ]);
  });

  it.each(['', '=', ',,,', '"', 'Bearer realm="unclosed', '__proto__="x"'])('survives %j', (header) => {
    expect(() => parseChallenges(header)).not.toThrow();
  });

  it('is quick on a long header made to be slow', async () => {
    for (const header of [`Bearer a="${'\\'.repeat(100_000)}`, 'a '.repeat(100_000)])
      expect(await cpuTime(() => parseChallenges(header))).toBeLessThan(1000);
  });
});
