import type { DocumentResult } from '../records.ts';
import { documentWords } from './status.ts';

/** `application.log`: what was done with every document before and while it ran, in the order of the executor's passes. */
export function applicationLog(
  execution: { readonly executionId: string; readonly startTime: number; readonly endTime: number },
  results: readonly DocumentResult[],
): string {
  const line = (time: number, text: string) => `${new Date(time).toISOString()} Debug ${text}\n`;
  const { executionId, startTime, endTime } = execution;
  const setup = [
    `SETUP: execution ${executionId}`,
    ...results.map(
      ({ document }, index) => `SETUP: copied ${document.file} to ${copyName(index, document.file)}`,
    ),
  ];
  const passes = [
    'DOCUMENT CYCLE AND NESTING CHECK',
    'DOCUMENT PARSING',
    'DOCUMENT VALIDATION',
    'DOCUMENT CONVERSION',
    'PARAMETER VALIDATION',
    'DOCUMENT VALIDATION FOR CHAINING',
  ];
  const ran = results.flatMap((result) => [
    line(result.startTime, `RUN: document ${result.document.name} (${result.document.digest})`),
    ...result.steps.map(({ phase, step, action, status, attempts, endTime: end }) =>
      line(
        end,
        `RUN: ${phase}.${step} (${action}) ${status} after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`,
      ),
    ),
    line(result.endTime, `RUN: document ${result.document.name} ${documentWords[result.status]}`),
  ]);
  return [
    ...setup.map((text) => line(startTime, text)),
    ...passes.flatMap((pass) => results.map(({ document }) => line(startTime, `${pass}: ${document.name}`))),
    line(startTime, 'SETUP: created chaining.json and detailedoutput.json'),
    ...ran,
    line(endTime, 'RUN: completed'),
  ].join('');
}

/** How the copy of the document with that number is called. */
export function copyName(index: number, file: string): string {
  return `D${index}__${file.split('/').at(-1)}`;
}

/** `TOE_2022-05-25_14-01-45_UTC-0_<id>` */
export function folderName(executionId: string, startTime: number): string {
  const [date = '', time = ''] = new Date(startTime).toISOString().split(/[T.]/);
  return `TOE_${date}_${time.replaceAll(':', '-')}_UTC-0_${executionId}`;
}
