import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AptMirror, startAptMirror } from './support/apt-mirror.ts';
import { openWorkspace, script, smallRecipe, type Workspace } from './support/workspace.ts';

let space: Workspace;
let mirror: AptMirror;

/** As long as each other: nothing but their bytes tells them apart. */
const real = Buffer.from('the real one');
const fake = Buffer.from('the fake one');
const lists = 'example.org_dists_stable';

beforeAll(async () => {
  space = await openWorkspace('packages');
  mirror = await startAptMirror();
  const names = ['tool', 'other', 'link', 'pipe', 'folder'];
  const versions = names.map((name) => [name, { version: '1:2.0-1', bytes: real }] as const);
  await mirror.publish('stable', Object.fromEntries(versions));
});
afterAll(async () => {
  await space.remove();
  await mirror.remove();
});
beforeEach(() => rm(join(space.home, 'cache'), { recursive: true, force: true }));

const served = async (path: string) => (await fetch(`${mirror.url}/dists/stable/${path}`)).text();

const test = 'ID=test\nVERSION_CODENAME=stable\n';

let count = 0;
interface Surroundings {
  readonly system?: string;
  readonly name?: string;
  readonly flags?: readonly string[];
  readonly home?: string;
}

/** Builds an image of its own whose one step runs a script in the place of apt, which could be anything. */
async function build(
  run: string,
  { system = test, flags = [], home, ...own }: Surroundings = {},
): Promise<string> {
  count += 1;
  const files = [
    { content: system, to: '/usr/lib/os-release' },
    { content: await served('InRelease'), to: '/srv/InRelease' },
    { content: await served('main/binary-amd64/Packages'), to: '/srv/Packages' },
  ];
  const components = [script(`cd /srv; : ${count}\n${run}`)];
  const recipe = smallRecipe({
    name: own.name ?? `small-${count}`,
    network: 'on',
    files,
    components,
    outputs: ['rootfs'],
  });
  await space.write('recipe.json', recipe);
  const env = { GILD_DEBIAN_KEYRING: mirror.keyring, GILD_HOME: home ?? space.home };
  const { exitCode, stderr } = await space.gild(['build', '.', ...flags], env);
  expect(exitCode, stderr).toBe(0);
  return stderr;
}

const update = `cp InRelease /var/lib/apt/lists/${lists}_InRelease; cp Packages /var/lib/apt/lists/${lists}_main_binary-amd64_Packages`;
const file = (name: string) => `${name}_1%3a2.0-1_amd64.deb`;
const fetched = (name: string, bytes: Buffer) =>
  `printf %s '${bytes}' > /var/cache/apt/archives/${file(name)}`;
const look = 'ls -l /var/cache/apt/archives; cat /var/cache/apt/archives/* || true';

const kept = async (home = space.home) =>
  (await readdir(join(home, 'cache/packages')).catch(() => [])).filter((name) => name.endsWith('.deb'));
const installed = (name: string) =>
  `mkdir -p /var/lib/dpkg; printf 'Package: ${name}\\nStatus: install ok installed\\nArchitecture: amd64\\nVersion: 1:2.0-1\\n\\n' >> /var/lib/dpkg/status`;
const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('packages that a step has fetched', () => {
  it('are there in the next build, which cannot change them for others', async () => {
    await build(`${update}; ${fetched('tool', real)}`);
    expect(await kept()).toEqual([`${hash(real)}.deb`]);
    const spoil = 'cd /var/cache/apt/archives; f=$(echo tool*); printf spoilt >> $f; mv $f other; rm other';
    expect(await build(`${look}; ${spoil}; ls`)).toContain('the real one');
    expect(await build(look)).toContain('the real one');
    expect(await build(look, { system: 'ID=another\nVERSION_CODENAME=stable\n' })).not.toContain(
      'the real one',
    );
  });

  it('are not kept where their bytes are not what a signed index names', async () => {
    const odd = (name: string) => `/var/cache/apt/archives/${file(name)}`;
    const attempts = [
      update,
      fetched('tool', fake),
      fetched('other', Buffer.from('longer than it is')),
      fetched('unknown', real),
      `ln -s /srv/Packages ${odd('link')}`,
      `mkfifo ${odd('pipe')}`,
      `mkdir ${odd('folder')}`,
    ];
    await build(attempts.join('; '));
    expect(await kept()).toEqual([]);
  });

  it('are not kept where nobody known has signed the index, or it is another than the signed one', async () => {
    const unsigned = `sed -i 's/^Origin: Test/Origin: Fest/' /var/lib/apt/lists/${lists}_InRelease`;
    const forged = `sed -i 's/${hash(real)}/${hash(fake)}/' /var/lib/apt/lists/second_*_Packages`;
    const second = update.replaceAll(lists, 'second_dists_stable');
    await build(`${update}; ${unsigned}; ${second}; ${forged}; ${fetched('tool', fake)}`);
    await build(`${update}; ${unsigned}; ${fetched('tool', real)}`);
    expect(await kept()).toEqual([]);
  });

  it('count as downloads, and are not used where the disk has damaged them', async () => {
    await build(`${update}; ${fetched('tool', real)}`);
    expect((await space.gild(['cache', 'du'])).stdout).toMatch(/^downloads +2 /m);
    const path = join(space.home, 'cache/packages', `${hash(real)}.deb`);
    await writeFile(path, fake);
    expect(await build(`${update}; ${look}; ${fetched('tool', real)}`)).not.toContain('the fake one');
    expect(await readFile(path)).toEqual(real);
    expect((await space.gild(['cache', 'prune', '--all'])).exitCode).toBe(0);
    expect(await kept()).toEqual([]);
  });

  it('travel in a shared cache to a host whose step has changed, and stay there where its own lists name them', async () => {
    const place = join(space.folder, 'travel');
    const share = { name: 'travelling', flags: ['--cache-to', `${place},mode=max`] };
    await build(
      `${update}; ${fetched('tool', real)}; ${fetched('other', real)}; ${installed('tool')}`,
      share,
    );
    const other = {
      name: 'travelling',
      home: join(space.folder, 'elsewhere'),
      flags: ['--cache-from', place],
    };
    const seen = await build(`${update}; ${look}; ${installed('tool')}`, other);
    expect(seen).toContain('fetching 1 packages (12 bytes)');
    expect(seen).toContain('the real one');
    expect(seen).not.toContain(file('other'));
    expect(await kept(other.home)).toEqual([`${hash(real)}.deb`]);
    expect(await build(`${look}; true`, other)).not.toContain('fetching');
    const unlisted = { ...other, home: join(space.folder, 'unlisted') };
    expect(await build(look, unlisted)).toContain('the real one');
    expect(await kept(unlisted.home)).toEqual([]);
  });

  it('do not travel to other images, steps and distributions, nor with `mode=min`', async () => {
    const place = join(space.folder, 'apart');
    const run = `${update}; ${fetched('tool', real)}; ${installed('tool')}`;
    await build(run, { name: 'apart', flags: ['--cache-to', place] });
    const other = { name: 'apart', home: join(space.folder, 'apart-home'), flags: ['--cache-from', place] };
    expect(await build(look, other)).not.toContain('fetching 1 packages');
    await build(run, { name: 'apart', flags: ['--cache-to', `${place},mode=max`] });
    expect(await build(look, other)).toContain('fetching 1 packages');
    expect(await build(look, { ...other, name: 'another' })).not.toContain('fetching 1 packages');
    expect(await build(look, { ...other, system: test.replace('stable', 'testing') })).not.toContain(
      'fetching 1 packages',
    );
  });

  it('are done without where the shared cache has damaged them', async () => {
    const place = join(space.folder, 'damaged');
    const share = { name: 'damaged', flags: ['--cache-to', `${place},mode=max`] };
    await build(`${update}; ${fetched('tool', real)}; ${installed('tool')}`, share);
    await writeFile(join(place, 'blobs/sha256', hash(real)), fake);
    const other = {
      name: 'damaged',
      home: join(space.folder, 'damaged-home'),
      flags: ['--cache-from', place],
    };
    const seen = await build(look, other);
    expect(seen).toMatch(/warning/i);
    expect(seen).not.toContain('the fake one');
  });
});
