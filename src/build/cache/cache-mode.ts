import type { CacheMode } from '../../cache/types.ts';
import type { Plan } from '../../model/plan.ts';
import { GildError } from '../../support/errors.ts';
import { nearest } from '../../support/nearest.ts';

/** Checks that the step to start again from is one of the plan; `nginx` is short for `component/nginx`. */
export function cacheMode(mode: CacheMode | undefined, plan: Plan): CacheMode {
  if (mode?.anew === undefined || mode.anew === 'all') return mode ?? {};
  return { ...mode, anew: { from: findStep(mode.anew.from, plan) } };
}

/** Throws `USAGE` with the steps that there are. */
export function findStep(name: string, { steps, outputs }: Plan): string {
  const names = [...steps.map((step) => step.name), ...outputs.map(({ type }) => `output/${type}`)];
  const found = [name, `component/${name}`, `output/${name}`].find((candidate) => names.includes(candidate));
  if (found !== undefined) return found;
  const meant = nearest(name, [...names, ...names.map((known) => known.slice(known.indexOf('/') + 1))]);
  throw new GildError({
    code: 'USAGE',
    message: `The recipe has no step \`${name}\`.`,
    hint: meant === undefined ? `It has ${names.join(', ')}.` : `Did you mean \`${meant}\`?`,
  });
}
