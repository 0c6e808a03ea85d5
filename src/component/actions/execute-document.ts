import { assignments, optionalText, text } from '../fields.ts';
import type { DocumentResult } from '../records.ts';
import type { Action, Outputs } from '../types.ts';

const fields = {
  document: text(
    'A component by `name` or `name@version`, the ARN of one, a path beside this document, `s3://`, or an absolute path in the machine.',
  ),
  'document-s3-bucket-owner': optionalText('Account that must own the bucket of an `s3://` document.'),
  phases: optionalText('Names with commas between; all of the document by default.'),
  parameters: assignments('Values for the parameters of the document.'),
};

export const executeDocument: Action<typeof fields> = {
  name: 'ExecuteDocument',
  summary: 'Runs another component document in the same machine.',
  shape: 'map',
  platforms: ['linux', 'macos', 'windows'],
  fields,
  outputs: [
    'executionId',
    'status',
    'executedStepCount',
    'failedStepCount',
    'ignoredFailedStepCount',
    'failureMessage',
    'logUrl',
  ],
  runsOnce: true,
  run: async ([item], context) => {
    if (!item) return { kind: 'done' };
    const result = await context.runDocument({
      reference: item.document,
      phases: item.phases?.split(',').map((name) => name.trim()),
      parameters: item.parameters,
      bucketOwner: item['document-s3-bucket-owner'],
    });
    const outputs = [outputsOf(result)];
    if (result.status !== 'failed') return { kind: 'done', outputs };
    const { failure } = result;
    const why = failure ? `: ${failure.message}` : '';
    const message = `document ${result.document.name} failed${why}`;
    return { kind: 'failed', message, outputs, ...(failure && { inner: failure }) };
  },
};

function outputsOf(result: DocumentResult): Outputs {
  const count = (...statuses: readonly string[]) =>
    String(result.steps.filter((step) => statuses.includes(step.status)).length);
  return {
    executionId: result.executionId,
    status: result.status === 'failed' ? 'failed' : 'success',
    executedStepCount: count('success', 'failed', 'ignored'),
    failedStepCount: count('failed'),
    ignoredFailedStepCount: count('ignored'),
    failureMessage: result.status === 'failed' ? `Document ${result.document.name} failed!` : '',
    logUrl: '',
  };
}
