import type { Failure, GildEvent } from '../../model/events.ts';
import { cleanLine } from '../progress/clean-line.ts';
import type { Paint } from '../types.ts';
import { formatSeconds } from '../units.ts';

export interface LogFilter {
  /** Only this step and its parts. */
  readonly step?: string;
  readonly grep?: RegExp;
}

/** What a run's event has to say in its log: whole lines, each with the name of its step. */
export function logLines(event: GildEvent, filter: LogFilter, paint: Paint): readonly string[] {
  const step = stepOf(event);
  if (filter.step !== undefined && !isWithin(step, filter.step)) return [];
  const prefix = step === undefined ? '' : `${paint('dim', `[${step}]`)} `;
  return textOf(event)
    .map((line) => cleanLine(line, line.length))
    .filter((line) => filter.grep?.test(line) ?? true)
    .map((line) => `${prefix}${paintLine(event, line, paint)}`);
}

/** Whether `step` is `wanted` or a part of it. */
export function isWithin(step: string | undefined, wanted: string): boolean {
  const whole = wanted.replace(/\/+$/, '');
  return step === whole || step?.startsWith(`${whole}/`) === true;
}

function stepOf(event: GildEvent): string | undefined {
  return 'step' in event ? event.step : undefined;
}

function textOf(event: GildEvent): readonly string[] {
  switch (event.type) {
    case 'step.output':
      return event.lines;
    case 'step.finished':
      return event.failure
        ? [`${event.status} in ${formatSeconds(event.seconds)}`, ...failureText(event.failure)]
        : [];
    case 'warning':
      return [`warning: ${event.message}`];
    case 'verdict':
      return [`test ${event.verdict.name}: ${event.verdict.status}: ${event.verdict.message}`];
    case 'run.finished':
      return [`${event.status} in ${formatSeconds(event.seconds)}`];
    default:
      return [];
  }
}

function failureText({ message, command, exitCode, hint }: Failure): string[] {
  return [
    ...message.split('\n'),
    ...(command ? [`command: ${command.join(' ')}`] : []),
    ...(exitCode === undefined ? [] : [`exit code: ${exitCode}`]),
    ...(hint ? [hint] : []),
  ];
}

function paintLine(event: GildEvent, line: string, paint: Paint): string {
  if (event.type === 'warning') return paint('yellow', line);
  if (event.type === 'step.finished') return paint('red', line);
  return event.type === 'step.output' && event.stream === 'note' ? paint('dim', line) : line;
}
