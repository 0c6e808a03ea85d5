import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packBusyboxTree } from '../../test/support/busybox-tree.ts';
import { createHost } from '../host/host.ts';
import type { Tree } from '../model/tree.ts';
import { createBlobStore } from '../store/blobs.ts';
import { output } from '../support/process.ts';
import { createTreeStore } from '../trees/tree-store.ts';
import { outputs } from './index.ts';
import type { OutputContext, OutputInput } from './types.ts';

interface Workplace {
  readonly home: string;
  readonly input: OutputInput;
  readonly context: OutputContext;
}

let one: Workplace;
let other: Workplace;
let exports = 0;

beforeAll(async () => {
  one = await openWorkplace();
  other = await openWorkplace();
});

afterAll(async () => {
  for (const { home } of [one, other]) await rm(home, { recursive: true, force: true });
});

const everyWay: readonly [type: string, options: Record<string, unknown>][] = [
  ['oci', {}],
  ['oci', { compression: 'gzip' }],
  ['docker-archive', {}],
  ['docker-archive', { tag: 'registry.example:5000/team/web:stable' }],
  ['rootfs', {}],
  ['rootfs', { compression: 'gzip' }],
  ['rootfs', { compression: 'none' }],
];

describe.each(everyWay)('the output %s with %o', (type, options) => {
  it('has the same digests wherever and whenever it is made', async () => {
    const made = await Promise.all([one, one, other].map((place) => make(place, type, options)));
    expect(made[1]).toEqual(made[0]);
    expect(made[2]).toEqual(made[0]);
  });
});

describe('the tools of others', () => {
  it('read the OCI layout under either compression', async () => {
    for (const compression of ['zstd', 'gzip']) {
      const folder = await exported(one, 'oci', { compression });
      const said = JSON.parse(await output(['skopeo', 'inspect', `oci:${folder}:1.2.3`]));
      expect(said).toMatchObject({ Architecture: 'amd64', Os: 'linux', Created: '2023-11-14T22:13:20Z' });
      expect(said.LayersData?.length ?? said.Layers.length).toBe(2);
    }
  });

  it('copy the layout, every digest checked, and unpack it', async () => {
    const folder = await exported(one, 'oci', { compression: 'gzip' });
    await output(['skopeo', 'copy', '--insecure-policy', `oci:${folder}:1.2.3`, `dir:${folder}.dir`]);
    const bundle = `${folder}.bundle`;
    await output(['umoci', 'unpack', '--rootless', '--image', `${folder}:1.2.3`, bundle]);
    expect(await readdir(join(bundle, 'rootfs'))).toContain('etc');
    expect(await readdir(join(bundle, 'rootfs', 'etc'))).toEqual(
      expect.arrayContaining(['passwd', 'second']),
    );
  });

  it('read the docker archive', async () => {
    const file = await exported(one, 'docker-archive', {});
    const said = JSON.parse(await output(['skopeo', 'list-tags', `docker-archive:${file}`]));
    expect(said.Tags).toEqual(['my-app:1.2.3']);
    await output([
      'skopeo',
      'copy',
      '--insecure-policy',
      `docker-archive:${file}:my-app:1.2.3`,
      `oci:${file}.oci:x`,
    ]);
  });

  it('list the root file system, with later layers over earlier ones', async () => {
    for (const [compression, flag] of [
      ['zstd', '--zstd'],
      ['gzip', '-z'],
      ['none', '-p'],
    ] as const) {
      const file = await exported(one, 'rootfs', { compression });
      const names = (await output(['tar', flag, '-tf', file]))
        .split('\n')
        .map((name) => name.replace(/^\.\//, ''));
      expect(names).toEqual(expect.arrayContaining(['etc/passwd', 'etc/second']));
    }
  });
});

async function make({ input, context }: Workplace, type: string, options: Record<string, unknown>) {
  return outputOf(type).make(input, options, context);
}

async function exported(place: Workplace, type: string, options: Record<string, unknown>): Promise<string> {
  const artifact = await make(place, type, options);
  const path = join(place.home, `export-${exports++}`, artifact.fileName);
  await outputOf(type).export(artifact, path, place.context.blobs);
  return path;
}

function outputOf(type: string) {
  const found = outputs.find((each) => each.type === type);
  if (!found) throw new Error(`There is no output ${type}.`);
  return found;
}

/** A store of its own with an image of two layers in it. */
async function openWorkplace(): Promise<Workplace> {
  const home = await mkdtemp(join(tmpdir(), 'gild-outputs-'));
  const blobs = createBlobStore(home);
  const trees = createTreeStore({ home, blobs, host: createHost({ home }) });
  const base = join(home, 'base.tar');
  await mkdir(join(home, 'base'));
  await packBusyboxTree(join(home, 'base'), base);
  const second = join(home, 'second.tar');
  await mkdir(join(home, 'second', 'etc'), { recursive: true });
  await writeFile(join(home, 'second', 'etc', 'second'), 'second');
  await output([
    'tar',
    '-C',
    join(home, 'second'),
    '--owner=0',
    '--group=0',
    '--mtime=@0',
    '-cf',
    second,
    '.',
  ]);
  const tree: Tree = {
    layers: [
      await trees.importRootfs(createReadStream(base), { epoch: 0, createdBy: 'base busybox' }),
      await trees.importRootfs(createReadStream(second), { epoch: 0, createdBy: 'component second' }),
    ],
  };
  const config = { env: {}, user: '', workingDir: '', entrypoint: [], cmd: ['sh'], ports: [], labels: {} };
  const facts = {
    name: 'My App',
    version: '1.2.3',
    description: '',
    architecture: 'amd64',
    epoch: 1_700_000_000,
  };
  return { home, input: { ...facts, tree, config }, context: { trees, blobs, note: () => undefined } };
}
