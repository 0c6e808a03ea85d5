import type { PlannedBuild, RecipeOptions } from '../../build/types.ts';
import { planRecipe } from '../../build.ts';
import type { Plan, PlannedCheck, PlanStep } from '../../model/plan.ts';
import { createRedactor } from '../../support/redact.ts';
import { warningText } from '../error-text.ts';
import { createPaint } from '../paint.ts';
import { formatTable } from '../table.ts';
import type { Cli } from '../types.ts';
import { formatBytes, shortDigest } from '../units.ts';

export interface PlanOptions extends RecipeOptions {
  readonly json: boolean;
}

/** Prints what a build would do, every outside fact pinned; builds nothing. */
export async function plan(options: PlanOptions, cli: Cli): Promise<number> {
  const planned = await planRecipe(options, { signal: cli.signal });
  const redact = createRedactor(planned.sensitive);
  for (const warning of planned.warnings) {
    cli.note(redact(`${warningText(warning, createPaint(process.stderr))}\n`));
  }
  cli.print(redact(options.json ? JSON.stringify(planned.plan, undefined, 2) : planText(planned, cli)));
  return 0;
}

function planText({ plan, lock }: PlannedBuild, cli: Cli): string {
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
      plan.outputs.map((output) => [output.type, optionsText(output.options), output.id]),
    ),
    ...section('Tests, on fresh machines', plan.checks.map(checkRow)),
  ].join('\n');

  function section(title: string, rows: readonly (readonly string[])[]): readonly string[] {
    if (rows.length === 0) return [];
    const painted = rows.map(([name = '', detail = '', id = '']) => [
      `  ${name}`,
      detail,
      paint('dim', shortDigest(id)),
    ]);
    return ['', paint('bold', title), formatTable(painted)];
  }
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
      return [step.name, step.locked.reference, step.id];
    case 'files':
      return [step.name, step.files.map(({ to }) => to).join(', '), step.id];
    case 'component':
      return [step.name, `${step.phases.join(', ')}${optionsText(step.parameters)}`, step.id];
  }
}

function checkRow(check: PlannedCheck): readonly string[] {
  if (check.kind === 'component') return [check.name, 'test phase', check.id];
  return [check.name, check.test.type, check.id];
}

function optionsText(options: Readonly<Record<string, unknown>>): string {
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  return set
    .map(([name, value]) => `  ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
}
