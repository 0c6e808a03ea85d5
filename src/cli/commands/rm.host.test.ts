import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm as removeFolder, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keptLayer } from '../../bases/kept.ts';
import type { BaseContext } from '../../bases/types.ts';
import { keepScene } from '../../build/cache/kept-scenes.ts';
import { shellInto } from '../../build/shell.ts';
import { openWorkshop, type Workshop } from '../../build/workshop.ts';
import { sampleImage } from '../../images/testing/sample-image.ts';
import type { Layer } from '../../model/tree.ts';
import { sha256 } from '../../support/canonical.ts';
import { output } from '../../support/process.ts';
import { plainPaint } from '../paint.ts';
import type { Cli } from '../types.ts';
import { diff } from './diff.ts';
import { rm } from './rm.ts';

let folder: string;
let home: string;
let printed: string[];
let noted: string[];
let cli: Cli;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-rm-'));
  home = join(folder, 'home');
  process.env.GILD_HOME = home;
  printed = [];
  noted = [];
  cli = {
    print: (text) => void printed.push(text),
    note: (text) => void noted.push(text),
    paint: plainPaint,
    columns: 80,
    interactive: false,
    signal: new AbortController().signal,
    ask: async (_question, choices) => choices[0] ?? '',
    interact: (job) => job(),
  };
});

afterEach(async () => {
  delete process.env.GILD_HOME;
  await removeFolder(folder, { recursive: true, force: true });
});

const options = { images: [], all: false, force: false, unused: false, json: false };

describe('gild rm and gild diff on stored layers', () => {
  it('show what two images differ in, and free only what no image needs', async () => {
    await publish({ base: { 'etc/motd': 'one', 'etc/same': 'x' }, second: { 'etc/motd': 'other' } });
    await diff(
      { before: 'web@1.0.0/1', after: 'web@1.0.0/2', packages: false, files: true, json: true },
      cli,
    );
    const { files } = JSON.parse(printed.pop() ?? '') as { files: { path: string; differs: string[] }[] };
    expect(files.map(({ path, differs }) => [path, ...differs])).toEqual([['/etc/motd', 'size', 'content']]);

    await expect(rm({ ...options, images: ['web'] }, cli)).rejects.toMatchObject({
      code: 'USAGE',
      message: '`web` names 2 images: web@1.0.0/2, web@1.0.0/1.',
    });
    await rm({ ...options, images: ['web@1.0.0/2'] }, cli);
    expect(printed[0]).toBe('removed web@1.0.0/2');
    expect(printed[1]).toMatch(/^[\d.]+ k?B freed: 1 layer, 1 blob$/);
    expect(await stored()).toEqual({ blobs: 1, layers: 1 });

    await rm({ ...options, images: ['web'], json: true }, cli);
    expect(JSON.parse(printed.pop() ?? '')).toMatchObject({ removed: ['web@1.0.0/1'], freed: { layers: 1 } });
    expect(await stored()).toEqual({ blobs: 0, layers: 0 });
  });

  it('remove what a killed run left, and wait for one that is running', async () => {
    const workshop = openWorkshop();
    await makeLayer({ f: 'left over' });
    const release = await workshop.records.useContent();
    await rm(options, cli);
    expect(noted).toEqual([
      'A build or export is running: what only these needed is removed by the next `gild rm`.',
    ]);
    expect(await stored()).toEqual({ blobs: 1, layers: 1 });
    release();
    await rm(options, cli);
    expect(await stored()).toEqual({ blobs: 0, layers: 0 });
    await workshop.close();
  });

  it('keep bases and what failed runs left for a look, until unused things are to go', async () => {
    const workshop = openWorkshop();
    const base = await makeLayer({ f: 'base' });
    const scene = await makeLayer({ f: 'scene' });
    await makeLayer({ f: 'left over' });
    await keptLayer(sha256('debian'), baseContext(workshop), async () => base);
    const { id } = await workshop.records.startRun({ ...run, id: '20261122-110624-3f9a' });
    await keepScene(home, id, [base, scene]);
    await rm(options, cli);
    expect(await stored()).toEqual({ blobs: 2, layers: 2 });
    expect(await shellInto({ ...shell, target: id }, hooks)).toBe(0);

    await rm({ ...options, unused: true }, cli);
    expect(await stored()).toEqual({ blobs: 0, layers: 0 });
    await expect(shellInto({ ...shell, target: id }, hooks)).rejects.toMatchObject({
      code: 'RUN_NOT_FOUND',
      message: `What was kept of the run ${id} has been removed since.`,
    });
    await workshop.close();
  });
});

const run = { image: 'web', recipe: '/r.yaml', planId: 'sha256:1' };
const shell = { command: [], network: 'off', onStdout: () => {}, onStderr: () => {} } as const;
const hooks = { signal: new AbortController().signal, interact: async () => {} };

function baseContext({ trees, host, records }: Workshop): BaseContext {
  return { architecture: 'amd64', trees, host, images: records, signal: undefined, note: () => {} };
}

type Files = Readonly<Record<string, string>>;

/** `web@1.0.0/1` of one layer, `/2` of that and another one. */
async function publish({ base, second }: { readonly base: Files; readonly second: Files }): Promise<void> {
  const workshop = openWorkshop();
  const layers = [await makeLayer(base), await makeLayer(second)];
  await workshop.records.publish(sampleImage({ layers: layers.slice(0, 1) }));
  await workshop.records.publish(sampleImage({ layers }));
  await workshop.close();
}

async function makeLayer(files: Files): Promise<Layer> {
  const source = await mkdtemp(join(folder, 'source-'));
  await mkdir(join(source, 'etc'));
  for (const [path, text] of Object.entries(files)) await writeFile(join(source, path), text);
  await output(['tar', '-C', source, '--owner=0', '--group=0', '--mtime=@0', '-cf', `${source}.tar`, '.']);
  const workshop = openWorkshop();
  const layer = await workshop.trees.importRootfs(createReadStream(`${source}.tar`), {
    epoch: 0,
    createdBy: 'test',
  });
  await workshop.trees.directories([layer]);
  await workshop.close();
  return layer;
}

async function stored(): Promise<{ blobs: number; layers: number }> {
  const [blobs, layers] = await Promise.all([
    readdir(join(home, 'blobs/sha256')),
    readdir(join(home, 'layers')),
  ]);
  return { blobs: blobs.length, layers: layers.length };
}
