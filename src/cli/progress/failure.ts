import type { Failure } from '../../model/events.ts';
import { quoteArgument } from '../../support/quote-argument.ts';
import type { Marks } from '../paint.ts';
import type { Paint } from '../types.ts';
import { formatSeconds } from '../units.ts';
import { cleanLine } from './clean-line.ts';
import { failedStep, type RunView } from './run-view.ts';

const mostScriptLines = 12;

/** All that a person needs for the next move: where, what ran, what it said, where to read on, how to look inside. */
export function failureLines(view: RunView, paint: Paint, marks: Marks): readonly string[] {
  if (view.status === 'cancelled') return cancelledLines(view, paint, marks);
  const step = failedStep(view);
  const failure = step?.failure ?? view.failure;
  if (!failure) return [];
  const where = step
    ? step.name
        .split('/')
        .map((line) => cleanLine(line))
        .join(' > ')
    : view.image;
  const after = step ? paint('dim', ` after ${formatSeconds(step.seconds)}`) : '';
  return [
    `${paint('red', marks.failed)} ${paint('bold', `${where} failed`)}${after}`,
    '',
    ...failure.message.split('\n').map((line) => `  ${cleanLine(line)}`),
    '',
    ...facts(failure, paint, marks),
    ...nextMoves(view, { step: step?.name, failure }, paint),
  ];
}

function cancelledLines({ seconds, runId }: RunView, paint: Paint, marks: Marks): readonly string[] {
  const log = runId ? `; its log: gild logs ${runId}` : '';
  const after = paint('dim', ` after ${formatSeconds(seconds)}${log}`);
  return [`${paint('yellow', marks.cancelled)} ${paint('bold', 'Cancelled')}${after}`];
}

function facts(failure: Failure, paint: Paint, marks: Marks): readonly string[] {
  const rows: string[] = [];
  if (failure.position) rows.push(row('written at', failure.position));
  if (failure.where && failure.where.maxAttempts > 1) {
    rows.push(row('attempt', `${failure.where.attempt} of ${failure.where.maxAttempts}`));
  }
  if (failure.command) rows.push(...block('command', commandLines(failure.command), '$'));
  if (failure.script) rows.push(...block('script', firstLines(failure.script.trim()), marks.bar));
  if (failure.exitCode !== undefined)
    rows.push(row('exit code', `${failure.exitCode}${exitMeaning(failure.exitCode)}`));
  if (failure.lastLines?.length)
    rows.push(
      ...block(
        'last lines',
        failure.lastLines.map((line) => cleanLine(line)),
        marks.bar,
      ),
    );
  return rows.length > 0 ? [...rows, ''] : [];

  function row(label: string, text: string): string {
    return `  ${paint('dim', label.padEnd(12))} ${text}`;
  }

  function block(label: string, lines: readonly string[], mark: string): readonly string[] {
    return lines.map((line, index) =>
      row(index === 0 ? label : '', `${paint('dim', mark)} ${line}`.trimEnd()),
    );
  }
}

function nextMoves(
  view: RunView,
  { step, failure }: { step: string | undefined; failure: Failure },
  paint: Paint,
): readonly string[] {
  const rows: string[] = [];
  if (failure.hint) rows.push(row('hint', cleanLine(failure.hint)));
  if (view.runId)
    rows.push(row('whole log', `gild logs ${view.runId}${step ? ` --step ${quoteArgument(step)}` : ''}`));
  if (failure.again) {
    const again = failure.again.map((word) => cleanLine(quoteArgument(word))).join(' ');
    rows.push(row('again', again), row('look inside', `${again} --on-error=shell`));
  } else if (step && failure.code === 'STEP_FAILED') {
    const look = view.kept
      ? `gild shell ${view.runId}`
      : `gild build ${quoteArgument(view.recipe)} --on-error=shell`;
    rows.push(row('look inside', look));
  }
  return rows;

  function row(label: string, text: string): string {
    return `  ${paint('cyan', label.padEnd(12))} ${text}`;
  }
}

/** As one could paste it into a shell; a long script is shown from its beginning. */
function commandLines(command: readonly string[]): readonly string[] {
  return firstLines(command.map(quoteArgument).join(' '));
}

function firstLines(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => cleanLine(line));
  if (lines.length <= mostScriptLines) return lines;
  return [...lines.slice(0, mostScriptLines - 1), `... ${lines.length - mostScriptLines + 1} more lines`];
}

function exitMeaning(exitCode: number): string {
  const meaning = exitMeanings.get(exitCode);
  return meaning ? ` (${meaning})` : '';
}

const exitMeanings: ReadonlyMap<number, string> = new Map([
  [126, 'found, but not executable'],
  [127, 'command not found'],
  [137, 'killed, often for lack of memory'],
  [139, 'segmentation fault'],
  [143, 'terminated'],
]);
