import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildRecipe } from './build.ts';
import type { EventBody } from './model/events.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-build-'));
  process.env.GILD_HOME = join(folder, 'home');
});

afterEach(async () => {
  delete process.env.GILD_HOME;
  await rm(folder, { recursive: true });
});

it('says that it resolves the base, which may take long, before there is a run', async () => {
  const recipe = join(folder, 'recipe.yaml');
  await writeFile(recipe, 'name: web\nversion: 1.0.0\nbase: oci:./nothing\n');
  const events: EventBody[] = [];
  const hooks = {
    emit: (event: EventBody) => void events.push(event),
    signal: new AbortController().signal,
    ask: async (_question: string, choices: readonly string[]) => choices[0] ?? '',
    interact: (job: () => Promise<void>) => job(),
  };
  const options = { recipe, vars: {}, varFiles: [], onError: 'cleanup', debug: false } as const;
  await expect(buildRecipe(options, hooks)).rejects.toMatchObject({ code: 'BASE_NOT_FOUND' });
  expect(events).toMatchObject([
    { type: 'step.started', step: 'resolve', title: 'resolve oci:./nothing' },
    { type: 'step.finished', step: 'resolve', status: 'failed' },
  ]);
});
