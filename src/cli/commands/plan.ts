import type { Forecast } from '../../build/forecast.ts';
import type { BuildOptions, PlannedBuild, RecipeOptions } from '../../build/types.ts';
import { planRecipe } from '../../build.ts';
import type { Plan, PlannedCheck, PlanStep } from '../../model/plan.ts';
import { createRedactor } from '../../support/redact.ts';
import { warningText } from '../error-text.ts';
import { createPaint } from '../paint.ts';
import { formatTable } from '../table.ts';
import type { Cli } from '../types.ts';
import { formatBytes, formatSeconds, shortDigest } from '../units.ts';

export interface PlanOptions extends RecipeOptions, Pick<BuildOptions, 'cacheFrom' | 'cacheTrust'> {
  readonly json: boolean;
}

/** Prints what a build would do, every outside fact pinned; builds nothing. */
export async function plan(options: PlanOptions, cli: Cli): Promise<number> {
  const planned = await planRecipe(options, { signal: cli.signal });
  const redact = createRedactor(planned.sensitive);
  for (const warning of planned.warnings) {
    cli.note(redact(`${warningText(warning, createPaint(process.stderr))}\n`));
  }
  cli.print(redact(options.json ? planJson(planned) : planText(planned, cli)));
  return 0;
}

type Foreseen = PlannedBuild & { readonly forecasts: readonly Forecast[] };

function planJson({ plan, forecasts }: Foreseen): string {
  const cache = forecasts.map(({ preimage: _preimage, ...forecast }) => forecast);
  return JSON.stringify({ ...plan, cache }, undefined, 2);
}

function planText({ plan, lock, forecasts }: Foreseen, cli: Cli): string {
  const { paint } = cli;
  const { image } = plan;
  return [
    `${paint('bold', `${image.name}@${image.version}`)}  ${paint('dim', `plan ${shortDigest(plan.id)}`)}`,
    ...(image.description ? [image.description] : []),
    '',
    formatTable([
      ['  base', `${lock.base.reference} at ${shortDigest(lock.base.digest)}`],
      ['  platform', `${plan.platform}, ${plan.architecture}, network ${plan.network}${limitsText(plan)}`],
      ['  time stamps', `no later than ${new Date(plan.epoch * 1000).toISOString().replace('.000', '')}`],
      ...(plan.secrets.length > 0 ? [['  secrets', plan.secrets.join(', ')]] : []),
    ]),
    ...section('Steps', plan.steps.map(stepRow)),
    ...section(
      'Outputs',
      plan.outputs.map((output) => [`output/${output.type}`, output.type, optionsText(output.options)]),
    ),
    ...section('Tests, on fresh machines', plan.checks.map(checkRow)),
  ].join('\n');

  function section(title: string, rows: readonly (readonly string[])[]): readonly string[] {
    if (rows.length === 0) return [];
    const told = rows.map(([work = '', name = '', detail = '']) => {
      const forecast = forecasts.find((candidate) => candidate.name === work);
      return [`  ${name}`, detail, forecast ? paint('dim', forecastText(forecast)) : ''];
    });
    return ['', paint('bold', title), formatTable(told)];
  }
}

/** Whether a build would do it again, why, and how long it took last time. */
function forecastText({ outcome, reason, last, heldTo = 0 }: Forecast): string {
  const took = last && formatSeconds(last.seconds);
  if (outcome === 'hit') return `reused (took ${took})`;
  const lastTime = took === undefined ? '' : ` (took ${took} last time)`;
  const held = heldTo > 0 ? `, held to ${heldTo} packages` : '';
  return `${outcome === 'miss' ? 'runs: ' : ''}${reason}${lastTime}${held}`;
}

function limitsText({ limits }: Plan): string {
  const { memory, cpus, pids } = limits;
  return [
    memory === undefined ? '' : `, ${formatBytes(memory)} of memory`,
    cpus === undefined ? '' : `, ${cpus} CPUs`,
    pids === undefined ? '' : `, ${pids} processes`,
  ].join('');
}

function stepRow(step: PlanStep): readonly string[] {
  switch (step.kind) {
    case 'base':
      return [step.name, step.name, step.locked.reference];
    case 'files':
      return [step.name, step.name, step.files.map(({ to }) => to).join(', ')];
    case 'component':
      return [step.name, step.name, `${step.phases.join(', ')}${optionsText(step.parameters)}`];
  }
}

function checkRow(check: PlannedCheck): readonly string[] {
  const detail = check.kind === 'component' ? 'test phase' : check.test.type;
  return [`test/${check.name}`, check.name, detail];
}

function optionsText(options: Readonly<Record<string, unknown>>): string {
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  return set
    .map(([name, value]) => `  ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
}
