import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AptMirror, type MirrorPackage, startAptMirror } from './support/apt-mirror.ts';
import { type Built, runBuild } from './support/built.ts';
import { packArchive, smallApt } from './support/small-apt.ts';
import { makeDeb } from './support/vendor-mirror.ts';
import { openWorkspace, script, smallRecipe, type Workspace } from './support/workspace.ts';

let space: Workspace;
let mirror: AptMirror;
const releases = new Map<string, Readonly<Record<string, MirrorPackage>>>();

beforeAll(async () => {
  space = await openWorkspace('held');
  mirror = await startAptMirror();
  for (const version of ['1.0-1', '2.0-1']) {
    const made = ['tool', 'helper', 'other'].map(async (name) => {
      const how = { version, architecture: 'amd64' };
      const deb = await makeDeb(space.folder, name, { [`usr/share/${name}`]: `${version}\n` }, [], how);
      return [name, { version, bytes: await readFile(deb) }] as const;
    });
    releases.set(version, Object.fromEntries(await Promise.all(made)));
  }
  await moveTo('1.0-1');
  await writeRecipe({});
});
afterAll(async () => {
  await space.remove();
  await mirror.remove();
});

/** The newest that the mirror has; what it had before stays in its pool. */
async function moveTo(version: string): Promise<void> {
  const packages = releases.get(version) ?? {};
  await mirror.publish('stable', packages);
  await space.write('archive', await packArchive(mirror, 'stable', packages));
}

const forget = (version: string) => {
  for (const name of ['tool', 'helper', 'other']) mirror.forget(name, version);
};

/** The second component is free to take what there is. */
async function writeRecipe({
  first = 'apt-get install helper $(cat /srv/wanted); apt-get purge helper',
  wanted = 'tool',
  second = 'true',
}): Promise<void> {
  const files = [
    { content: smallApt, to: '/usr/bin/apt-get', mode: '0755' },
    { content: 'ID=test\nVERSION_CODENAME=stable\n', to: '/usr/lib/os-release' },
    { content: `deb ${mirror.url} stable main\n`, to: '/etc/apt/sources.list' },
    { content: wanted, to: '/srv/wanted' },
  ];
  const components = [script(`apt-get update; ${first}`, 'first'), script(second, 'second')];
  const secrets = { archive: { file: './archive' } };
  await space.write(
    'recipe.json',
    smallRecipe({ network: 'on', files, components, secrets, outputs: ['rootfs'] }),
  );
}

const lockFile = () => join(space.folder, 'gild.lock');
const lockedFirst = async () => JSON.parse(await readFile(lockFile(), 'utf8')).components[0];
const nameOf = (line: string) => line.split(' ').slice(0, 3).join(' ');
const one = ['helper 1.0-1 amd64', 'tool 1.0-1 amd64'];
const two = ['helper 2.0-1 amd64', 'tool 2.0-1 amd64'];

/** As on a host that has nothing but the base. */
async function anew(flags: readonly string[] = [], exitCode = 0) {
  await rm(join(space.home, 'cache'), { recursive: true, force: true });
  return built(['--no-cache', ...flags], exitCode);
}

async function built(flags: readonly string[] = [], exitCode = 0) {
  const env = { GILD_DEBIAN_KEYRING: mirror.keyring };
  const made = await runBuild(space, 'recipe.json', { flags, exitCode, env });
  const lines = made.events.flatMap((event) => (event.type === 'step.output' ? event.lines : []));
  const failures = made.events.flatMap((event) =>
    event.type === 'run.finished' ? (event.failure ?? []) : [],
  );
  const held = lines.filter((line) => line.startsWith('held to '));
  return { ...made, lines, held, failure: failures[0] };
}

describe('a step that installed packages', () => {
  let first: Built;
  let lock: string;
  const place = () => join(space.folder, 'place');
  /** As after the first build. */
  const reset = async () => {
    await writeRecipe({});
    await writeFile(lockFile(), lock);
  };

  it('has all of them in the lock file, also those that it removed again, with where each can be had', async () => {
    expect((await space.gild(['lock', '.'])).exitCode).toBe(0);
    first = await built(['--cache-to', `${place()},mode=max`]);
    lock = await readFile(lockFile(), 'utf8');
    const { packages, complete } = await lockedFirst();
    expect(packages.map(nameOf)).toEqual(one);
    expect(packages[1]).toMatch(/ sha256:[0-9a-f]{64} \d+ pool\/tool_1\.0-1_amd64\.deb$/);
    expect(complete).toMatch(/^sha256:/);
  });

  it('installs the same from the pool of an archive that moved on, and comes to the same', async () => {
    await moveTo('2.0-1');
    const again = await anew(['--frozen']);
    expect(again).toMatchObject({ digests: first.digests, warnings: [] });
    expect(again.held).toEqual(['held to 2 packages of the lock file, 2 of them fetched from an archive']);
  });

  it('leaves a step that was changed what the archive has', async () => {
    await writeRecipe({
      second: 'apt-get update; apt-get install other; cat /usr/share/other /usr/share/tool',
    });
    const { lines, held } = await anew();
    expect(lines).toEqual(expect.arrayContaining(['2.0-1', '1.0-1']));
    expect(held).toHaveLength(1);
  });

  it('installs the same from a shared cache where no archive has it any more', async () => {
    await reset();
    forget('1.0-1');
    const again = await anew(['--cache-from', place()]);
    expect(again).toMatchObject({ digests: first.digests, warnings: [] });
    expect(again.held).toEqual(['held to 2 packages of the lock file, 0 of them fetched from an archive']);
    expect(await readFile(lockFile(), 'utf8')).toBe(lock);
  });

  it('stops a frozen build where a package is nowhere to be had', async () => {
    const { failure } = await anew(['--frozen'], 1);
    expect(failure?.code).toBe('PACKAGES_NOT_HELD');
    expect(failure?.message).toContain('helper 1.0-1 amd64, tool 1.0-1 amd64 cannot be had,');
    expect(failure?.hint).toContain('gild lock --update packages');
  });

  it('takes what there is in any other build, which says so, and the lock file follows', async () => {
    const { warnings, digests } = await anew();
    expect(warnings).toEqual(['PACKAGES_NOT_HELD']);
    expect(digests).not.toEqual(first.digests);
    expect((await lockedFirst()).packages.map(nameOf)).toEqual(two);
  });

  it('is not what this host made of other packages before', async () => {
    await reset();
    await mirror.publish('stable', releases.get('1.0-1') ?? {});
    const { reasons, digests } = await built();
    expect(reasons['component/first']).toBe('the lock file has other packages than it was made with');
    expect(digests).toEqual(first.digests);
    expect((await built()).reasons).toEqual({});
  });

  it('that asks for something else is free, unless the build is frozen', async () => {
    await writeRecipe({ wanted: 'tool other' });
    const { failure } = await built(['--frozen'], 1);
    expect(failure?.hint).toMatch(
      /^It is held to the packages of the lock file, and other is not among them\./,
    );
    expect((await built()).warnings).toEqual(['PACKAGES_NOT_HELD']);
    expect((await lockedFirst()).packages.map(nameOf)).toEqual([two[0], 'other 2.0-1 amd64', two[1]]);
  });

  it('that cannot be repeated that way is not tried again', async () => {
    await writeRecipe({ first: 'apt-get install tool; test -z "$APT_CONFIG"' });
    expect(await built()).toMatchObject({ warnings: [] });
    expect(await built(['--no-cache'])).toMatchObject({ warnings: ['PACKAGES_NOT_HELD'] });
    expect((await lockedFirst()).held).toBe(false);
    expect(await built(['--no-cache', '--frozen'])).toMatchObject({ warnings: [], held: [] });
  });

  it('is free where newer packages are asked for', async () => {
    await reset();
    const { stdout } = await space.gild(['lock', '.', '--update', 'packages'], {
      GILD_DEBIAN_KEYRING: mirror.keyring,
    });
    expect(stdout).toContain('first: not held to its packages');
    expect((await anew()).held).toEqual([]);
    expect((await lockedFirst()).packages.map(nameOf)).toEqual(two);
  });
});
