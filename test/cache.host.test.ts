import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { appendFile, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../src/store/database.ts';
import { all, type BuildFlags, type Built, buildIn, runBuild, statuses } from './support/built.ts';
import { openWorkspace, script, smallRecipe, type Workspace } from './support/workspace.ts';

let space: Workspace;

beforeAll(async () => {
  space = await openWorkspace('cache');
});
afterAll(() => space.remove());

/** Each test builds its own image, with steps that no other test has. */
const image = (name: string, fields: object = {}) => ({
  name,
  files: [{ content: `${name}\n`, to: '/etc/name' }],
  components: [
    script(`echo ${name} > /etc/first`, 'first'),
    script('true', 'nothing'),
    script('cat /etc/first > /etc/second', 'second'),
  ],
  tests: [{ name: 'it is there', type: 'file', path: '/etc/second', contains: name }],
  outputs: ['oci', 'rootfs'],
  ...fields,
});
const steps = ['base', 'files', 'component/first', 'component/nothing', 'component/second'];

describe('a build without any flag', () => {
  it('does the second time only what shows the version', async () => {
    expect(statuses(await build(image('again')))).toMatchObject(all('success', ['files', ...steps.slice(2)]));
    const again = await build(image('again'));
    expect(statuses(again)).toEqual({
      ...all('reused', [...steps, 'output/rootfs', 'test']),
      ...all('success', ['resolve', 'output/oci']),
    });
    expect(again.verdicts).toEqual([{ name: 'it is there', status: 'passed', reused: true }]);
  });

  it('needs no program of this host where all is reused', async () => {
    const recipe = { ...image('quiet'), version: '1.0.0' };
    await build(recipe);
    const again = await build(recipe, { env: { PATH: dirname(process.execPath) } });
    expect(statuses(again)).toMatchObject(all('reused', [...steps, 'output/oci', 'output/rootfs', 'test']));
  });

  it('does nothing again for a new version, name, description, label, limit or place', async () => {
    await build(image('renamed'));
    const other = await build(
      {
        ...image('renamed'),
        version: '3.0.0',
        description: 'other',
        config: { labels: { a: 'b' } },
        limits: { memory: '1GiB' },
      },
      { file: 'elsewhere.json' },
    );
    expect(statuses(other)).toMatchObject(all('reused', [...steps, 'output/rootfs', 'test']));
  });

  it('does what changed and what stands on it, and says why', async () => {
    await build(image('changed'));
    const changed = await build(
      image('changed', {
        components: [
          script('echo changed now > /etc/first', 'first'),
          ...image('changed').components.slice(1),
        ],
      }),
    );
    expect(statuses(changed)).toMatchObject({
      ...all('reused', ['base', 'files']),
      ...all('success', steps.slice(2)),
    });
    expect(changed.reasons).toMatchObject({
      'component/first':
        'build.Run1.inputs.commands.1: echo changed > /etc/first -> echo changed now > /etc/first',
      'component/second': 'what it stands on changed',
    });
  });

  it('stops where a step that changed comes to the same content', async () => {
    await build(image('cut'));
    const [first, ...others] = image('cut').components;
    expect(first).toBeDefined();
    const cut = await build(
      image('cut', {
        components: [script('printf "cut\\n" > /etc/first', 'first'), script('exit 0', 'more'), ...others],
      }),
    );
    expect(statuses(cut)).toMatchObject({
      ...all('success', ['component/first', 'component/more']),
      ...all('reused', ['component/nothing', 'component/second', 'output/rootfs', 'test']),
    });
  });

  it('goes by the content of files, not by their times', async () => {
    const path = await space.write('site/page.html', 'one\n');
    const recipe = image('times', { files: [{ from: 'site', to: '/srv/site' }] });
    await build(recipe);
    await utimes(path, 1, 1);
    expect(statuses(await build(recipe))).toMatchObject(all('reused', steps));
    await writeFile(path, 'two\n');
    await utimes(path, 1, 1);
    const changed = await build(recipe);
    expect(statuses(changed)).toMatchObject({ base: 'reused', ...all('success', steps.slice(1)) });
    expect(changed.reasons.files).toBe('files /srv/site: its content changed');
  });

  it('shares what recipes have in common', async () => {
    await build(image('common'));
    const other = await build({ ...image('common'), name: 'other-name' });
    expect(statuses(other)).toMatchObject(all('reused', [...steps, 'output/rootfs', 'test']));
  });
});

describe('doing it again', () => {
  it('gives the same digests with the cache as without', async () => {
    const recipe = { ...image('digests'), version: '1.0.0' };
    const first = await build(recipe);
    const cached = await build(recipe);
    const anew = await build(recipe, { flags: ['--no-cache'] });
    expect(statuses(anew)).toMatchObject(all('success', [...steps, 'output/oci', 'output/rootfs', 'test']));
    expect(cached.digests).toEqual(first.digests);
    expect(anew.digests).toEqual(first.digests);
  });

  it('begins at the step that is asked for', async () => {
    await build(image('from'));
    const again = await build(image('from'), { flags: ['--from', 'nothing'] });
    expect(statuses(again)).toMatchObject({
      ...all('reused', ['base', 'files', 'component/first']),
      ...all('success', ['component/nothing', 'component/second', 'output/rootfs', 'test']),
    });
    const wrong = await space.gild(['build', 'recipe.json', '--from', 'secund']);
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain('Did you mean `second`?');
  });

  it('tests what is not proven, and everything when asked', async () => {
    await build(image('proven'));
    const tests = [
      { name: 'another name', type: 'file', path: '/etc/second', contains: 'proven' },
      { name: 'it is not there', type: 'file', path: '/etc/third' },
    ];
    const failed = await build(image('proven', { tests }), { exitCode: 1 });
    expect(failed.verdicts).toMatchObject([
      { name: 'another name', status: 'passed', reused: true },
      { name: 'it is not there', status: 'failed' },
    ]);
    const again = await build(image('proven', { tests }), { exitCode: 1 });
    expect(again.verdicts).toMatchObject([{ reused: true }, { status: 'failed' }]);
    const retested = await build(image('proven'), { flags: ['--retest'] });
    expect(retested.verdicts).toEqual([{ name: 'it is there', status: 'passed' }]);
    expect(statuses(retested)).toMatchObject({ ...all('reused', steps), test: 'success' });
  });

  it('happens in every build where the recipe says so, and holds up nothing that comes to the same', async () => {
    const [first, ...others] = image('never').components;
    const components = [{ ...first, cache: false }, ...others];
    await build(image('never', { components }));
    expect(statuses(await build(image('never', { components })))).toMatchObject({
      ...all('reused', ['base', 'files', 'component/nothing', 'component/second', 'test']),
      'component/first': 'success',
    });
    const epochs = components.map((component) => ({ ...component, cache: { epoch: 'two' } }));
    const other = await build(image('never', { components: epochs }));
    expect(other.reasons['component/first']).toBe('token: now two');
  });

  it('does not happen to steps before one that failed', async () => {
    const components = (last: string) => [...image('failing').components, script(last, 'last')];
    await build(image('failing', { components: components('exit 3') }), { exitCode: 1 });
    const mended = await build(image('failing', { components: components('echo mended > /etc/last') }));
    expect(statuses(mended)).toMatchObject({ ...all('reused', steps), 'component/last': 'success' });
  });
});

describe('two builds at once', () => {
  it('do the work once', async () => {
    const recipe = image('twice', {
      components: [script('sleep 0.3; echo twice > /etc/first', 'first')],
      tests: [],
    });
    await space.write('twice.json', smallRecipe(recipe));
    const [a, b] = await Promise.all([1, 2].map(() => runBuild(space, 'twice.json')));
    for (const step of ['files', 'component/first']) {
      expect([a, b].map((built) => built && statuses(built)[step]).sort(), step).toEqual([
        'reused',
        'success',
      ]);
    }
  });
});

describe('a damaged store', () => {
  const damages: readonly (readonly [string, (content: Buffer) => Buffer])[] = [
    [
      'flipped bits',
      (content) => Buffer.from(content.map((byte, at) => (at === content.length >> 1 ? byte ^ 1 : byte))),
    ],
    ['cut ends', (content) => content.subarray(0, content.length >> 1)],
  ];
  it.each(damages)(
    'with %s is noticed, and what is missing is made anew with the same digests',
    async (_what, damage) => {
      const recipe = { ...image('damaged'), version: '1.0.0' };
      const before = await build(recipe);
      const blobs = join(space.home, 'blobs/sha256');
      for (const name of readdirSync(blobs)) {
        await writeFile(join(blobs, name), damage(await readFile(join(blobs, name))));
      }
      const after = await build(recipe);
      expect(statuses(after)).toMatchObject(
        all(
          'success',
          steps.filter((step) => step !== 'component/nothing'),
        ),
      );
      expect(after.digests).toEqual(before.digests);
      expect(after.warnings.length).toBeGreaterThan(0);
      expect(new Set(after.warnings)).toEqual(new Set(['STORE_DAMAGED']));
      expect((await space.gild(['export', 'damaged', '--to', 'exported', '--force'])).exitCode).toBe(0);
    },
  );
});

describe('an unpacked folder of the store', () => {
  it('that somebody changed is noticed before anything stands on it', async () => {
    const recipe = (last: string) => ({
      ...image('unpacked', {
        components: [...image('unpacked').components, script(last, 'last')],
        tests: [],
      }),
      version: '1.0.0',
    });
    const before = await build(recipe('cat /etc/* > /etc/all'));
    const layers = join(space.home, 'layers');
    const names = (await readdir(layers)).map((layer) => join(layers, layer, 'unpacked/fs/etc/name'));
    const [name = ''] = names.filter(
      (path) => existsSync(path) && readFileSync(path, 'utf8') === 'unpacked\n',
    );
    await writeFile(name, 'changed!\n');
    const reused = await build(recipe('cat /etc/* > /etc/all'));
    expect(reused).toMatchObject({ digests: before.digests, warnings: [] });
    const after = await build(recipe('cat /etc/* > /etc/all; true'));
    expect(statuses(after)).toMatchObject({ ...all('reused', steps), 'component/last': 'success' });
    expect(after).toMatchObject({ digests: before.digests, warnings: ['STORE_DAMAGED'] });
  });
});

describe('gild cache verify', () => {
  it('reads all that there is, and says what is damaged and which images lack it', async () => {
    const own = await openWorkspace('verify', join(space.folder, 'base.tar'));
    try {
      await own.write('recipe.json', smallRecipe({ ...image('verified'), version: '1.0.0' }));
      expect((await own.gild(['build', 'recipe.json'])).exitCode).toBe(0);
      const right = await own.gild(['cache', 'verify']);
      expect(right.exitCode).toBe(0);
      expect(right.stdout).toMatch(
        /^\d+ blobs read \(\d.* MB\): all right\n5 unpacked layers looked at: all right\n$/,
      );
      const { layers } = JSON.parse((await own.gild(['inspect', 'verified', '--json'])).stdout);
      const { blob, diffId } = layers.at(-1);
      await appendFile(join(own.home, 'blobs/sha256', blob.slice('sha256:'.length)), 'x');
      const folder = join(own.home, 'layers', diffId.slice('sha256:'.length), 'unpacked/fs');
      await writeFile(join(folder, 'etc/second'), 'changed');
      const wrong = await own.gild(['cache', 'verify', '--json']);
      expect(wrong.exitCode).toBe(1);
      expect(JSON.parse(wrong.stdout)).toMatchObject({
        blobs: { damaged: [blob] },
        folders: { count: 5, damaged: [diffId] },
        images: [{ image: 'verified@1.0.0/1' }],
      });
      expect((await own.gild(['build', 'recipe.json'])).exitCode).toBe(0);
      expect((await own.gild(['cache', 'verify', '--json'])).exitCode).toBe(0);
    } finally {
      await own.remove();
    }
  });
});

describe('a build that fails', () => {
  it('counts as a use of what it reused', async () => {
    const components = (last: string) => [...image('used').components, script(last, 'last')];
    await build(image('used'));
    const uses = async () => {
      const database = await openDatabase(space.home);
      const rows = await database
        .selectFrom('work')
        .select(['name', 'uses'])
        .where('image', '=', 'used')
        .execute();
      await database.destroy();
      return rows.filter(({ name }) => name === 'component/second').map((row) => row.uses);
    };
    expect(await uses()).toEqual([0]);
    await build(image('used', { components: components('exit 3') }), { exitCode: 1 });
    expect(await uses()).toEqual([1]);
  });
});

function build(recipe: object, flags: BuildFlags = {}): Promise<Built> {
  return buildIn(space, recipe, flags);
}
