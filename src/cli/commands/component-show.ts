import type { ComponentDocument, Declaration, Step } from '../../model/component.ts';
import { findDocument } from '../find-document.ts';
import { formatTable } from '../table.ts';
import type { Cli } from '../types.ts';

export interface ComponentShowOptions {
  /** `nginx`, `nginx@1.x.x`, or a path. */
  readonly component: string;
  readonly folders: readonly string[];
  readonly json: boolean;
}

/** What the language gives to steps that say nothing: not worth a remark. */
const usualTimeout = 7200;

/** Shows what a component can be told and what it does. */
export async function componentShow(options: ComponentShowOptions, cli: Cli): Promise<number> {
  const { document } = await findDocument(options.component, options.folders);
  if (options.json) {
    cli.print(JSON.stringify(document, undefined, 2));
    return 0;
  }
  cli.print(
    [
      `${cli.paint('bold', document.name)} ${document.version}  ${cli.paint('dim', document.file)}`,
      ...(document.description ? [document.description] : []),
      ...declarations('Parameters', document.parameters, cli),
      ...declarations('Constants', document.constants, cli),
      ...document.phases.flatMap((phase) => [
        '',
        `${cli.paint('bold', 'Phase')} ${phase.name}`,
        formatTable(phase.steps.map((step) => stepRow(step, cli))),
      ]),
      '',
      cli.paint('dim', usage(document)),
    ].join('\n'),
  );
  return 0;
}

function declarations(title: string, list: readonly Declaration[], cli: Cli): readonly string[] {
  if (list.length === 0) return [];
  const rows = list.map(({ name, value, description }) => [
    `  ${name}`,
    value === undefined ? cli.paint('yellow', 'required') : JSON.stringify(value),
    cli.paint('dim', description ?? ''),
  ]);
  return ['', cli.paint('bold', title), formatTable(rows)];
}

function stepRow(step: Step, cli: Cli): readonly string[] {
  const settings = [
    step.onFailure === 'Abort' ? '' : `on failure ${step.onFailure.toLowerCase()}`,
    step.maxAttempts > 1 ? `${step.maxAttempts} attempts` : '',
    step.timeoutSeconds > 0 && step.timeoutSeconds !== usualTimeout ? `${step.timeoutSeconds}s at most` : '',
  ];
  return [`  ${step.name}`, step.action, cli.paint('dim', settings.filter((text) => text !== '').join(', '))];
}

/** How a recipe names it, with the parameters that have no default. */
function usage({ name, version, parameters }: ComponentDocument): string {
  const needed = parameters.filter(({ value }) => value === undefined);
  return [
    'In a recipe:',
    '  components:',
    `    - name: ${name}`,
    `      version: ${version.replace(/\d+$/, 'x')}`,
    ...(needed.length > 0 ? ['      parameters:'] : []),
    ...needed.map((parameter) => `        ${parameter.name}: ...`),
  ].join('\n');
}
