import type { Failure } from '../../model/events.ts';
import { quoteArgument } from '../../support/quote-argument.ts';

/** The block that a failed step adds to `console.log`. */
export function stepFailureLines({ where, message, lastLines = [], again }: Failure): readonly string[] {
  return [
    ...(where
      ? [
          `Document: ${where.document}`,
          'ComponentArn: ',
          `Phase: ${where.phase}`,
          `Step: ${where.step}`,
          `Action: ${where.action}`,
        ]
      : []),
    `ErrorMessage: ${message}`,
    ...lastLines.map((line, index) => (index === 0 ? `Stderr: ${line}` : `  ${line}`)),
    ...(again ? [`Again: ${again.map(quoteArgument).join(' ')}`] : []),
  ];
}
