import type { DocumentResult, LoopRecord, PhaseRecord, StepRecord, Timed } from '../records.ts';
import { documentFailure, documentWords, stepFailure, stepWords, timeText } from './status.ts';

/** One call of the executor: the whole run, or what one ExecuteDocument step ran. */
export interface Execution extends Timed {
  readonly executionId: string;
  readonly results: readonly DocumentResult[];
  /** Of what is no failure of a document: a cancellation, a machine that did not start. */
  readonly failureMessage?: string | undefined;
}

/** What `detailedoutput.json` holds. */
export function detailedOutput(execution: Execution): unknown {
  const { executionId, results, failureMessage, startTime, endTime } = execution;
  const failed = results.find(({ status }) => status === 'failed');
  return {
    executionId,
    status: failed || failureMessage !== undefined ? 'failed' : 'success',
    startTime: timeText(startTime),
    endTime: timeText(endTime),
    failureMessage: failed ? documentFailure(failed) : (failureMessage ?? ''),
    documents: results.map(documentOutput),
  };
}

function documentOutput(result: DocumentResult): unknown {
  const { document, status, phases, steps, startTime, endTime } = result;
  return {
    name: document.name,
    filePath: document.file,
    status: documentWords[status],
    description: document.description,
    startTime: timeText(startTime),
    endTime: timeText(endTime),
    failureMessage: documentFailure(result),
    phases: phases
      .filter(({ selected }) => selected)
      .map((phase) =>
        phaseOutput(
          phase,
          steps.filter((step) => step.phase === phase.name),
        ),
      ),
  };
}

function phaseOutput(
  { name, status, startTime, endTime }: PhaseRecord,
  steps: readonly StepRecord[],
): unknown {
  return {
    name,
    status: documentWords[status],
    startTime: timeText(startTime),
    endTime: timeText(endTime),
    failureMessage: status === 'failed' ? `Phase ${name} failed!` : '',
    steps: steps.map(stepOutput),
  };
}

function stepOutput(record: StepRecord): unknown {
  const { step, status, timeoutSeconds, onFailure, maxAttempts, action, startTime, endTime } = record;
  return {
    name: step,
    status: stepWords[status],
    failureMessage: stepFailure(record),
    timeoutSeconds,
    onFailure,
    maxAttempts,
    action,
    startTime: timeText(startTime),
    endTime: timeText(endTime),
    inputs: listText(record.inputs),
    outputs: listText(record.outputs),
    loop: record.loop ? loopOutput(record.loop) : null,
    detailedOutput: record.documents.length > 0 ? record.documents.map(nestedOutput) : null,
  };
}

function loopOutput({ name, iterations }: LoopRecord): unknown {
  return {
    ...(name !== undefined && { name }),
    iterations: iterations.map(({ index, value, status, startTime, endTime, inputs, outputs, message }) => ({
      index,
      value,
      status,
      failureMessage: message ?? '',
      startTime: timeText(startTime),
      endTime: timeText(endTime),
      inputs: listText(inputs),
      outputs: listText(outputs),
    })),
  };
}

function nestedOutput(result: DocumentResult): unknown {
  const { executionId, startTime, endTime } = result;
  return detailedOutput({ executionId, results: [result], startTime, endTime });
}

/** Inputs and outputs are JSON within JSON: always a list. */
function listText(value: unknown): string {
  const list = value === null || value === undefined ? [] : Array.isArray(value) ? value : [value];
  return JSON.stringify(list);
}
