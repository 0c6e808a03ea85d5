import { describe, expect, it } from 'vitest';
import { parseCacheSource, parseCacheTarget } from './reference.ts';

describe('where a cache is', () => {
  const sources: readonly (readonly [string, string])[] = [
    ['ghcr.io/me/cache', 'ghcr.io/me/cache:latest'],
    ['ghcr.io/me/cache:main', 'ghcr.io/me/cache:main'],
    ['localhost:5000/cache,insecure=true', 'localhost:5000/cache:latest'],
    ['type=registry,ref=ghcr.io/me/cache:main', 'ghcr.io/me/cache:main'],
    ['/mnt/cache', '/mnt/cache'],
    ['type=local,src=/mnt/cache', '/mnt/cache'],
    ['type=local,src=/mnt/cache,tag=main', '/mnt/cache:main'],
    ['/mnt/../mnt/cache,ignore-error=false', '/mnt/cache'],
  ];
  it.each(sources)('is read from "%s"', (text, name) => {
    expect(parseCacheSource(text).place.name).toBe(name);
  });

  it('is forgiven what goes wrong unless somebody says otherwise', () => {
    expect(parseCacheSource('./cache').forgiving).toBe(true);
    expect(parseCacheSource('./cache,ignore-error=false').forgiving).toBe(false);
    expect(parseCacheTarget('./cache,ignore-error=true').forgiving).toBe(true);
  });

  it('gets what the image is made of, or all', () => {
    expect(parseCacheTarget('ghcr.io/me/cache').mode).toBe('min');
    expect(parseCacheTarget('type=local,dest=./cache,mode=max').mode).toBe('max');
  });

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /no place in a registry|says where it is/],
    ['cache', /no place in a registry/],
    ['type=s3,bucket=x', /its type is local or registry/],
    ['type=local', /`src=` says where it is/],
    ['type=local,dest=./cache', /no setting `dest`/],
    ['type=registry,ref=ghcr.io/me/cache,mode=max', /no setting `mode`/],
    ['./cache,ignore_error=false', /not written as name=value/],
    ['./cache,ignore-error=no', /true or false/],
    [`ghcr.io/me/cache@sha256:${'a'.repeat(64)}`, /a tag, not a digest/],
  ];
  it.each(wrong)('is not read from "%s"', (text, message) => {
    expect(() => parseCacheSource(text)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(message) }),
    );
  });

  it('has a mode that there is', () => {
    expect(() => parseCacheTarget('./cache,mode=all')).toThrow(/min or max/);
  });
});
