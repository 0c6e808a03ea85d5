import type { DocumentResult, PhaseRecord, StepRecord } from '../records.ts';

/** Status words as they stand in files: all in lower case. */
export const documentWords: Readonly<Record<DocumentResult['status'] | PhaseRecord['status'], string>> = {
  success: 'success',
  ignored: 'successwithignoredfailure',
  failed: 'failed',
  skipped: 'skipped',
};

export const stepWords: Readonly<Record<StepRecord['status'], string>> = {
  success: 'success',
  ignored: 'ignoredfailure',
  failed: 'failed',
  skipped: 'skipped',
};

export function documentFailure({ status, document }: Pick<DocumentResult, 'status' | 'document'>): string {
  return status === 'failed' ? `Document ${document.file} failed!` : '';
}

/** Without the step and action that stand before it. */
export function stepFailure({ step, action, failure }: StepRecord): string {
  const message = failure?.message ?? '';
  const prefix = `${step} (${action}): `;
  return message.startsWith(prefix) ? message.slice(prefix.length) : message;
}

/** RFC 3339 in seconds, UTC. */
export function timeText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
