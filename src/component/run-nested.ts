import type { ComponentDocument } from '../model/component.ts';
import { GildError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import { AttemptEnded } from './attempt-ended.ts';
import type { ParsedDocument } from './document.ts';
import { checkParameters } from './parameters.ts';
import type { DocumentResult } from './records.ts';
import type { StepRun } from './step-run.ts';
import { takenBy } from './taken-by.ts';
import type { DocumentRequest } from './types.ts';

/** Documents below the first one. */
export const deepestNesting = 3;

/** Runs another document as part of a step. Throws `AttemptEnded` if it cannot be run at all. */
export async function runNested(run: StepRun, request: DocumentRequest): Promise<DocumentResult> {
  const { options, step, nested } = run;
  const ancestors = [...(options.ancestors ?? []), options.document];
  if (ancestors.length > deepestNesting)
    throw new AttemptEnded(`documents are nested more than ${deepestNesting} levels deep`);
  try {
    const { document, warnings } = await readDocument(run, request);
    if (ancestors.some(({ digest }) => digest === document.digest)) {
      const path = [...ancestors, document].map(({ name }) => name).join(' -> ');
      throw new AttemptEnded(`documents run one another in a circle: ${path}`);
    }
    for (const { message } of warnings) run.log.note(`${document.name}: ${message}`);
    const parameters = checkParameters(document, request.parameters);
    for (const { message } of parameters.warnings) run.log.note(message);
    const count = nested.filter((result) => result.document.name === document.name).length + 1;
    const result = await run.runPhases({
      ...options,
      document: step.disableLogging ? silenced(document) : document,
      parameters: parameters.values,
      phases: phasesOf(document, request.phases),
      stepPrefix: `${run.name}/${document.name}${count > 1 ? `#${count}` : ''}`,
      signal: run.signal,
      redact: run.redact,
      context: { ...options.context, onSecret: run.learn },
      ancestors,
      executionId: undefined,
    });
    nested.push(result);
    return result;
  } catch (error) {
    if (!(error instanceof GildError) || error.kind === 'cancelled') throw error;
    const [problem = error] = error.problems;
    const at = problem.at ? ` (${problem.at.file}:${problem.at.line}:${problem.at.column})` : '';
    throw new AttemptEnded(`${problem.message}${at}`, problem.hint);
  }
}

async function readDocument(run: StepRun, request: DocumentRequest): Promise<ParsedDocument> {
  const { documents, document, machine } = run.options;
  if (!documents) throw new AttemptEnded('no other documents can be run here');
  const { reference, bucketOwner } = request;
  return documents.read(reference, { file: document.file, machine, bucketOwner, taken: takenBy(run) });
}

function phasesOf(document: ComponentDocument, wanted: readonly string[] | undefined): readonly string[] {
  const names = document.phases.map((phase) => phase.name);
  const unknown = wanted?.find((name) => !names.includes(name));
  if (unknown === undefined) return wanted ?? names;
  const meant = nearest(unknown, names);
  const hint = meant
    ? `Did you mean \`${meant}\`?`
    : `It has ${names.map((name) => `\`${name}\``).join(', ')}.`;
  throw new AttemptEnded(`${document.name} has no phase \`${unknown}\``, hint);
}

/** What a step keeps out of logs, the documents that it runs keep out too. */
function silenced(document: ComponentDocument): ComponentDocument {
  const phases = document.phases.map((phase) => ({
    ...phase,
    steps: phase.steps.map((step) => ({ ...step, disableLogging: true })),
  }));
  return { ...document, phases };
}
