import type { DocumentResult } from '../records.ts';
import { documentFailure } from './status.ts';

/** What `awstoe run` prints at its end, as one line of JSON. */
export interface RunSummary {
  readonly executionId: string;
  readonly status: 'success' | 'failed';
  readonly failedStepCount: number;
  readonly executedStepCount: number;
  readonly ignoredFailedStepCount: number;
  readonly failureMessage: string;
  /** The run folder, empty where none was written. */
  readonly logUrl: string;
}

export function runSummary(
  executionId: string,
  results: readonly DocumentResult[],
  logUrl: string,
  error?: { readonly message: string },
): RunSummary {
  const steps = results.flatMap((result) => result.steps);
  const count = (...statuses: readonly string[]) =>
    steps.filter(({ status }) => statuses.includes(status)).length;
  const failed = results.find(({ status }) => status === 'failed');
  return {
    executionId,
    status: failed || error ? 'failed' : 'success',
    failedStepCount: count('failed'),
    executedStepCount: count('success', 'failed', 'ignored'),
    ignoredFailedStepCount: count('ignored'),
    failureMessage: failed ? documentFailure(failed) : (error?.message ?? ''),
    logUrl,
  };
}
