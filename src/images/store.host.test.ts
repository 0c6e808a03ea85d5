import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRandom, testSeed } from '../../test/support/random.ts';
import { createBlobStore } from '../store/blobs.ts';
import { createImageStore } from './store.ts';

const kills = 20;
const seed = testSeed('published images');

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'gild-kill-'));
});

afterEach(() => rm(home, { recursive: true, force: true }));

describe('kill -9 while images are published', () => {
  it('loses no acknowledged image and leaves no half record', async () => {
    const random = createRandom(seed);
    const acknowledged: number[] = [];
    for (let round = 0; round < kills; round++) {
      acknowledged.push(...(await publishAndKill(Math.floor(random() * 40))));
      await checkStore(acknowledged);
    }
    expect(acknowledged.length).toBeGreaterThan(kills);
  });
});

/** Kills after so many acknowledgements that the moment falls anywhere within a publish. */
async function publishAndKill(publishes: number): Promise<number[]> {
  const script = join(import.meta.dirname, 'testing/publish-many.ts');
  const child: ChildProcess = spawn(process.execPath, [script, home, '100000']);
  const exited = once(child, 'exit');
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (text.split('\n').length > publishes) child.kill('SIGKILL');
  });
  await exited;
  return text.split('\n').slice(0, -1).map(Number);
}

async function checkStore(acknowledged: readonly number[]): Promise<void> {
  const store = createImageStore({ home, blobs: createBlobStore(home) });
  const images = await store.list();
  await store.close();
  const builds = images.map((image) => image.build).reverse();
  expect(builds).toEqual(Array.from({ length: builds.length }, (_, index) => index + 1));
  expect(acknowledged.filter((build) => !builds.includes(build))).toEqual([]);

  const database = new DatabaseSync(join(home, 'gild.db'));
  expect(database.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
  const halves = database.prepare(
    `select count(*) as count from images where id not in (select image_id from image_blobs)
       or id not in (select image_id from image_layers)
       or build > (select last_build from versions where versions.name = images.name)`,
  );
  expect(halves.get()).toEqual({ count: 0 });
  database.close();
}
