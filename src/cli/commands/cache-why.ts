import { findStep } from '../../build/cache/cache-mode.ts';
import type { Forecast } from '../../build/forecast.ts';
import type { RecipeOptions } from '../../build/types.ts';
import { planRecipe } from '../../build.ts';
import { createRedactor } from '../../support/redact.ts';
import type { Cli } from '../types.ts';
import { formatAge, formatSeconds } from '../units.ts';

export interface CacheWhyOptions extends RecipeOptions {
  readonly step: string;
  readonly json: boolean;
}

/** Says whether a build would do a step again, and all that makes it another one than last time. */
export async function cacheWhy({ step, json, ...options }: CacheWhyOptions, cli: Cli): Promise<undefined> {
  const { plan, forecasts, sensitive } = await planRecipe(options, { signal: cli.signal });
  const tests = forecasts.filter(({ kind }) => kind === 'test').map(({ name }) => name);
  const name = tests.find((test) => test === step || test === `test/${step}`) ?? findStep(step, plan);
  const forecast = forecasts.find((candidate) => candidate.name === name);
  if (!forecast) throw new Error(`nothing is foreseen for ${name}`);
  const redact = createRedactor(sensitive);
  cli.print(redact(json ? JSON.stringify(forecast, undefined, 2) : whyText(forecast, cli)));
}

function whyText({ name, outcome, key, reason, differences, last }: Forecast, { paint }: Cli): string {
  const made = last && `made ${formatAge(last.createdAt, new Date())} in ${formatSeconds(last.seconds)}`;
  const log = last && `its log: gild logs ${last.runId} --step ${name}`;
  const verdict = {
    hit: 'would be used again',
    miss: `would run: ${reason}`,
    open: `may run: it ${reason}`,
  }[outcome];
  return [
    `${paint('bold', name)} ${verdict}`,
    ...(made ? [`  ${outcome === 'hit' ? made : `last ${made}`}; ${log}`] : []),
    ...(differences.length > 1
      ? ['  all that differs from then:', ...differences.map((text) => `    ${text}`)]
      : []),
    ...(key ? [paint('dim', `  key ${key}`)] : []),
  ].join('\n');
}
