import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRunLog } from '../../images/run-log.ts';
import { createImageStore, type Records } from '../../images/store.ts';
import { sampleImage } from '../../images/testing/sample-image.ts';
import { rootfs } from '../../outputs/rootfs.ts';
import { createBlobStore } from '../../store/blobs.ts';
import type { BlobStore } from '../../store/types.ts';
import { plainPaint } from '../paint.ts';
import type { Cli } from '../types.ts';
import { export as exportImage } from './export.ts';
import { images } from './images.ts';
import { inspect } from './inspect.ts';
import { logs } from './logs.ts';
import { runs } from './runs.ts';

let home: string;
let blobs: BlobStore;
let store: Records;
let printed: string[];
let noted: string[];
let cli: Cli;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'gild-look-'));
  process.env.GILD_HOME = home;
  blobs = createBlobStore(home);
  store = createImageStore({ home, blobs });
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
  await store.close();
  delete process.env.GILD_HOME;
  await rm(home, { recursive: true, force: true });
});

describe('gild images', () => {
  it('says how to make the first one', async () => {
    await images({ json: false }, cli);
    expect([printed, noted]).toEqual([[], ['No image is recorded yet: `gild build` makes one.']]);
  });

  it('prints JSON that another program can read', async () => {
    await store.publish(sampleImage());
    await images({ name: 'web', json: true }, cli);
    expect(JSON.parse(printed.join('\n'))).toMatchObject([
      { name: 'web', version: '1.0.0', build: 1, packages: 0 },
    ]);
  });
});

describe('gild inspect', () => {
  it('shows the newest available image, and a failed one where there is no other', async () => {
    await store.publish(sampleImage({ version: '1.0.0' }));
    await store.publish(sampleImage({ version: '2.0.0', state: 'test-failed' }));
    for (const image of ['web', 'web@2.x.x']) await inspect({ image, json: true, plan: false }, cli);
    expect(printed.map((text) => JSON.parse(text).version)).toEqual(['1.0.0', '2.0.0']);
    await expect(inspect({ image: 'wep', json: false, plan: false }, cli)).rejects.toMatchObject({
      hint: 'Did you mean `web`?',
    });
  });
});

describe('gild export', () => {
  const options = { image: 'web', types: [], force: false };
  const publish = async (state: 'available' | 'test-failed' = 'available') => {
    const { digest, size } = await blobs.write('content');
    const artifact = {
      type: rootfs.type,
      digest,
      size,
      mediaType: 'x',
      blobs: [digest],
      fileName: 'web.tar.zst',
    };
    await store.publish(sampleImage({ state, artifacts: [artifact] }));
  };

  it('writes the artifacts and prints where they are', async () => {
    await publish();
    const to = join(home, 'out');
    await exportImage({ ...options, to }, cli);
    expect(await readFile(join(to, 'web.tar.zst'), 'utf8')).toBe('content');
    expect(printed).toEqual([join(to, 'web.tar.zst')]);
  });

  it('overwrites nothing unless it is told to', async () => {
    await publish();
    await writeFile(join(home, 'web.tar.zst'), 'precious');
    await expect(exportImage({ ...options, to: home }, cli)).rejects.toMatchObject({ code: 'EXPORT_EXISTS' });
    expect(await readFile(join(home, 'web.tar.zst'), 'utf8')).toBe('precious');
    await exportImage({ ...options, to: home, force: true }, cli);
    expect(await readFile(join(home, 'web.tar.zst'), 'utf8')).toBe('content');
    expect((await readdir(home)).filter((name) => name.includes('.new') || name.includes('.tmp'))).toEqual(
      [],
    );
  });

  it('asks twice for an image whose tests failed, and knows its artifacts', async () => {
    await publish('test-failed');
    await expect(exportImage({ ...options, to: home }, cli)).rejects.toMatchObject({ code: 'TESTS_FAILED' });
    await expect(
      exportImage({ ...options, to: home, force: true, types: ['rootf'] }, cli),
    ).rejects.toMatchObject({ code: 'USAGE', hint: 'Did you mean `rootfs`?' });
  });
});

describe('gild logs and gild runs', () => {
  const run = { id: '20261122-110624-3f9a', image: 'web', recipe: '/r.yaml', planId: 'sha256:1' };

  beforeEach(async () => {
    await store.startRun(run);
    const log = createRunLog(home, run.id);
    log.append({ time: 1, type: 'step.started', step: 'component/nginx', title: 'nginx' });
    log.append({
      time: 1,
      type: 'step.output',
      step: 'component/nginx',
      stream: 'stdout',
      lines: ['one', 'two'],
    });
    log.append({ time: 1, type: 'run.finished', status: 'success', seconds: 1 });
    log.close();
    await store.finishRun(run.id, 'success');
  });

  it('print the newest run, a step of it, or what matches', async () => {
    await logs({ follow: false, json: false }, cli);
    await logs({ follow: true, json: false, step: 'component', grep: 'w' }, cli);
    expect(printed).toEqual([
      '[component/nginx] one\n[component/nginx] two',
      'success in 1.0s',
      '[component/nginx] two',
    ]);
  });

  it('say why there is nothing to print', async () => {
    await logs({ follow: false, json: false, step: 'base' }, cli);
    await logs({ follow: false, json: false, grep: 'three' }, cli);
    expect(noted).toEqual([
      `Run ${run.id} has no step \`base\`. Its steps: component/nginx.`,
      `No line of run ${run.id} matches \`three\`.`,
    ]);
    await expect(logs({ follow: false, json: false, grep: '(' }, cli)).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  it('list the runs', async () => {
    await runs({ json: true }, cli);
    expect(JSON.parse(printed.join('\n'))).toMatchObject([{ id: run.id, status: 'success' }]);
    await runs({ image: 'other', json: false }, cli);
    expect(noted).toEqual(['No run made `other`.']);
  });
});
