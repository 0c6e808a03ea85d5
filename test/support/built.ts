import { expect } from 'vitest';
import type { GildEvent, StepStatus } from '../../src/model/events.ts';
import { smallRecipe, type Workspace } from './workspace.ts';

/** What the events of a build say. */
export interface Built {
  readonly events: readonly GildEvent[];
  readonly digests: readonly string[];
  readonly verdicts: readonly object[];
  /** Codes. */
  readonly warnings: readonly string[];
  /** Step -> why it ran. */
  readonly reasons: Readonly<Record<string, string>>;
}

export interface BuildFlags {
  readonly flags?: readonly string[];
  readonly file?: string;
  /** Expected. */
  readonly exitCode?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Writes a small recipe with these fields, and builds it. */
export async function buildIn(space: Workspace, recipe: object, how: BuildFlags = {}): Promise<Built> {
  const { file = 'recipe.json' } = how;
  await space.write(file, smallRecipe({ ...recipe }));
  return runBuild(space, file, how);
}

export async function runBuild(
  space: Workspace,
  file: string,
  { flags = [], exitCode = 0, env = {} }: BuildFlags = {},
): Promise<Built> {
  const said = await space.gild(['build', file, '--progress=json', ...flags], env);
  expect(said, said.stdout + said.stderr).toMatchObject({ exitCode });
  const events = said.stdout
    .trim()
    .split('\n')
    .map((line): GildEvent => JSON.parse(line));
  const misses = events.flatMap((event) =>
    event.type === 'cache' && event.outcome === 'miss' ? [[event.step, event.reason] as const] : [],
  );
  return {
    events,
    digests: events.flatMap((event) => (event.type === 'artifact' ? [event.artifact.digest] : [])),
    verdicts: events.flatMap((event) => {
      if (event.type !== 'verdict') return [];
      const { name, status, reused } = event.verdict;
      return [{ name, status, ...(reused && { reused }) }];
    }),
    warnings: events.flatMap((event) => (event.type === 'warning' ? [event.code] : [])),
    reasons: Object.fromEntries(misses),
  };
}

/** Of the steps of the recipe, not of their parts. */
export function statuses({ events }: Built): Readonly<Record<string, StepStatus>> {
  const finished = events.flatMap((event) =>
    event.type === 'step.finished' && event.step.split('/').length < 3
      ? [[event.step, event.status] as const]
      : [],
  );
  return Object.fromEntries(finished);
}

export function all(status: StepStatus, names: readonly string[]): Readonly<Record<string, StepStatus>> {
  return Object.fromEntries(names.map((name) => [name, status]));
}
