import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../../model/digest.ts';
import { startRegistry, type TestRegistry } from '../../support/registry/testing/test-registry.ts';
import { describePlace } from './testing/place-suite.ts';
import { everything, openTestHost, type TestHost } from './testing/test-host.ts';

describePlace('a registry', async () => {
  const registry = await startRegistry();
  const ref = `${registry.host}/team/cache:main`;
  return {
    from: ref,
    to: `type=registry,ref=${ref}`,
    content: async () => {
      const digests = [...registry.content].filter(([name]) => name.startsWith('sha256:'));
      return new Map(digests.map(([name, { bytes }]) => [name as Digest, bytes]));
    },
    replace: async (digest, bytes) => {
      const before = registry.content.get(digest);
      for (const [name, { bytes: found, type }] of registry.content)
        if (found === before?.bytes) registry.content.set(name, { bytes, type });
    },
    close: () => registry.close(),
  };
});

describe('a registry', () => {
  let registry: TestRegistry;
  let host: TestHost;
  let ref: string;
  beforeEach(async () => {
    registry = await startRegistry();
    host = await openTestHost();
    ref = `${registry.host}/team/cache`;
  });
  afterEach(async () => {
    await host.remove();
    await registry.close();
  });

  it('is asked for its list once, as long as that stays the same', async () => {
    await host.share(ref, await host.build());
    const other = await openTestHost();
    await other.build({ from: [ref], text: 'other' });
    registry.requests.length = 0;
    await other.build({ from: [ref], text: 'yet another' });
    expect(registry.requests.map(({ path }) => path)).toEqual(['/v2/team/cache/manifests/latest']);
    registry.requests.length = 0;
    await other.build({ from: [ref], text: 'yet another' });
    expect(registry.requests).toEqual([]);
    await other.remove();
  });

  it('that cannot be reached is a warning', async () => {
    await registry.close();
    const { made, warnings } = await host.build({ from: [ref] });
    expect(made).toEqual(everything);
    expect(warnings).toEqual([expect.stringContaining(registry.host)]);
  });

  it('that lost a blob keeps the rest', async () => {
    const one = await host.build({ text: 'one' });
    await host.share(ref, one);
    registry.content.delete(one.layers.at(-1)?.blob ?? '');
    const other = await openTestHost();
    await other.share(ref, await other.build({ text: 'two' }));
    const third = await openTestHost();
    expect((await third.build({ from: [ref], text: 'two' })).made).toEqual(['disk']);
    expect((await third.build({ from: [ref], text: 'one' })).made).toContain('component/last');
    for (const opened of [other, third]) await opened.remove();
  });

  it('that is written to by another host meanwhile is merged again', async () => {
    const builds = [await host.build({ text: 'one' }), await host.build({ text: 'two' })];
    const [one, two] = builds;
    let isFirst = true;
    registry.misbehave((request, response) => {
      if (!isFirst || request.method !== 'POST') return false;
      isFirst = false;
      if (!two) throw new Error('there is no second build');
      host.share(ref, two).then(
        () => response.writeHead(503, { 'retry-after': '0' }).end(),
        () => response.destroy(),
      );
      return true;
    });
    if (one) await host.share(ref, one);
    const other = await openTestHost();
    for (const text of ['one', 'two'])
      expect((await other.build({ from: [ref], text })).made, text).not.toContain('component/last');
    await other.remove();
  });
});
