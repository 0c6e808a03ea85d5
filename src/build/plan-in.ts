import { track } from '../engine/track.ts';
import type { RunLog } from '../images/run-log.ts';
import { planBuild } from '../plan/plan.ts';
import type { GildError } from '../support/errors.ts';
import { createRedactor } from '../support/redact.ts';
import { resolveLocked } from './lock/locked.ts';
import { readRecipe } from './read-recipe.ts';
import { runEvents } from './run-events.ts';
import { refuseImpossibleTests } from './tests.ts';
import type { BuildOptions, Hooks, PlannedBuild, RecipeOptions } from './types.ts';
import type { Workshop } from './workshop.ts';

/** read -> resolve -> plan. */
export async function planIn(
  workshop: Workshop,
  options: RecipeOptions & Pick<BuildOptions, 'frozen'>,
  hooks: Pick<Hooks, 'signal' | 'emit'>,
  log: Pick<RunLog, 'append'> = { append: () => undefined },
): Promise<PlannedBuild> {
  const { spec, warnings, sensitive } = await readRecipe(options);
  refuseImpossibleTests(spec);
  const odd: GildError[] = [];
  const emit = runEvents(log, hooks.emit, createRedactor(sensitive));
  const { frozen = false } = options;
  const locked = await track(emit, { step: 'resolve', title: `resolve ${spec.base.reference}` }, () =>
    resolveLocked(spec, workshop, { frozen, signal: hooks.signal, warn: (warning) => odd.push(warning) }),
  );
  const { lock } = locked;
  const version = await workshop.records.nextVersion(spec.name, spec.version);
  return {
    spec,
    locked,
    lock,
    plan: planBuild(spec, lock, version),
    warnings: [...warnings, ...odd],
    sensitive,
  };
}
