import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import configurations from '../rolldown.config.ts';

const root = join(import.meta.dirname, '..');

it('has the program of every thread', async () => {
  const programs: string[] = [];
  for await (const path of glob('src/**/*-worker.ts', { cwd: root })) programs.push(path);
  const bundled = configurations.flatMap(({ input }) => Object.values(input as Record<string, string>));
  expect(programs.length).toBeGreaterThan(0);
  expect(bundled).toEqual(expect.arrayContaining(programs));
});
