import { existsSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../src/support/registry/testing/test-registry.ts';
import { all, type BuildFlags, type Built, buildIn, statuses } from './support/built.ts';
import { openWorkspace, script, type Workspace } from './support/workspace.ts';

let space: Workspace;
let registry: TestRegistry;

beforeAll(async () => {
  space = await openWorkspace('shared-cache');
  registry = await startRegistry();
});
afterAll(async () => {
  await registry.close();
  await space.remove();
});

const image = (name: string, last = 'cat /etc/first > /etc/second') => ({
  name,
  version: '1.0.0',
  files: [{ content: `${name}\n`, to: '/etc/name' }],
  components: [
    script(`echo ${name} > /etc/first`, 'first'),
    script('true', 'nothing'),
    script(last, 'second'),
  ],
  tests: [{ name: 'it is there', type: 'file', path: '/etc/second' }],
  outputs: ['oci', 'rootfs'],
});
const steps = ['base', 'files', 'component/first', 'component/nothing', 'component/second'];
const everything = [...steps, 'output/oci', 'output/rootfs', 'test'];

/** On a host without a program to make a machine with. */
const nothing = { PATH: dirname(process.execPath) };

interface SharedPlace {
  readonly from: string;
  readonly to: string;
  /** What events call it. */
  readonly name: string;
  /** Flips a bit in the middle of all that is there. */
  damage(): Promise<void>;
}

const kinds: readonly (readonly [string, (name: string) => SharedPlace])[] = [
  [
    'folder',
    (name) => {
      const folder = join(space.folder, 'shared', name);
      return {
        from: `type=local,src=shared/${name}`,
        to: `./shared/${name}`,
        name: folder,
        damage: async () => {
          for (const blob of readdirSync(join(folder, 'blobs/sha256'))) {
            const path = join(folder, 'blobs/sha256', blob);
            const content = await readFile(path);
            if (!isList(content)) await writeFile(path, flipped(content));
          }
        },
      };
    },
  ],
  [
    'registry',
    (name) => {
      const ref = `${registry.host}/cache/${name}`;
      return {
        from: ref,
        to: `type=registry,ref=${ref}`,
        name: `${ref}:latest`,
        damage: async () => {
          for (const [digest, { bytes, type }] of registry.content)
            if (!isList(bytes)) registry.content.set(digest, { bytes: flipped(bytes), type });
        },
      };
    },
  ],
];

describe.each(kinds)('a cache in a %s', (kind, placeOf) => {
  it('spares a machine with an empty disk all work, and gives the digests of a build without', async () => {
    const place = placeOf(`${kind}-empty`);
    const first = await build(image(kind), kind, { flags: ['--cache-to', place.to] });
    expect(statuses(first)).toMatchObject(all('success', everything.slice(1)));
    const other = await build(image(kind), `${kind}-empty`, {
      flags: ['--cache-from', place.from],
      env: nothing,
    });
    expect(statuses(other)).toMatchObject(all('reused', everything));
    expect(origins(other)).toEqual([place.name]);
    expect(other.warnings).toEqual([]);
    const without = await build(image(kind), `${kind}-without`, { flags: ['--no-cache'] });
    expect(other.digests).toEqual(first.digests);
    expect(without.digests).toEqual(first.digests);
    const ran = await space.gild(['shell', kind, '--', 'cat', '/etc/second'], homeOf(`${kind}-empty`));
    expect(ran.stdout).toBe(`${kind}\n`);
  });

  it('has the steps of a build that failed, and shows what a build would find', async () => {
    const place = placeOf(`${kind}-failed`);
    const name = `${kind}-failed`;
    const flags = ['--cache-to', `${place.to},mode=max`];
    await build(image(name, 'exit 3'), `${kind}-failed`, { flags, exitCode: 1 });
    const home = homeOf(`${kind}-planned`);
    const { stdout } = await space.gild(['plan', 'recipe.json', '--json', '--cache-from', place.from], home);
    const { cache } = JSON.parse(stdout) as { cache: { name: string; outcome: string }[] };
    const found = cache.filter(({ outcome }) => outcome === 'hit').map((forecast) => forecast.name);
    expect(found).toEqual(steps.slice(0, -1));
    expect(existsSync(join(home.GILD_HOME, 'blobs'))).toBe(false);
  });

  it('makes what changed on top of what another host made', async () => {
    const place = placeOf(`${kind}-changed`);
    const name = `${kind}-changed`;
    await build(image(name), kind, { flags: ['--cache-to', place.to] });
    const changed = await build(image(name, 'echo 2 > /etc/second'), `${kind}-changed`, {
      env: { GILD_CACHE_FROM: place.from },
    });
    expect(statuses(changed)).toMatchObject({
      ...all('reused', steps.slice(0, -1)),
      'component/second': 'success',
    });
    expect(changed.reasons['component/second']).toMatch(/echo 2/);
  });

  it('is never used where it is damaged: all is made, with a warning and the same digests', async () => {
    const place = placeOf(`${kind}-damaged`);
    const name = `${kind}-damaged`;
    const first = await build(image(name), kind, { flags: ['--cache-to', place.to] });
    await place.damage();
    const other = await build(image(name), `${kind}-damaged`, { flags: ['--cache-from', place.from] });
    expect(statuses(other)).toMatchObject(
      all(
        'success',
        everything.filter((step) => step !== 'component/nothing' && step !== 'test'),
      ),
    );
    expect(new Set(other.warnings)).toEqual(new Set(['REMOTE_CACHE_FAILED']));
    expect(other.digests).toEqual(first.digests);
  });
});

/** Of the hits. */
function origins({ events }: Built): readonly unknown[] {
  const hits = events.flatMap((event) => (event.type === 'cache' && event.outcome === 'hit' ? [event] : []));
  return [...new Set(hits.map(({ from }) => from))];
}

/** Of what the place has: without that, the rest would not be asked for. */
function isList(content: Buffer): boolean {
  return /^\{"(records|config)":/.test(content.toString('latin1', 0, 20));
}

function flipped(content: Buffer): Buffer {
  return Buffer.from(content.map((byte, at) => (at === content.length >> 1 ? byte ^ 1 : byte)));
}

/** On a host of its own. */
function build(recipe: object, home: string, { env = {}, ...flags }: BuildFlags): Promise<Built> {
  return buildIn(space, recipe, { ...flags, env: { ...homeOf(home), ...env } });
}

function homeOf(name: string): { readonly GILD_HOME: string } {
  return { GILD_HOME: join(space.folder, name) };
}
