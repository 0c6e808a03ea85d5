import { withRecords } from '../../build/records.ts';
import { readRunLog, runLogPath } from '../../images/run-log.ts';
import { GildError } from '../../support/errors.ts';
import { isWithin, logLines } from '../look/log-lines.ts';
import type { Cli, LogsOptions } from '../types.ts';

/** Prints the log of a run, of one step of it, or the lines that match. */
export async function logs(options: LogsOptions, cli: Cli): Promise<undefined> {
  const filter = {
    ...(options.step !== undefined && { step: options.step }),
    ...(options.grep !== undefined && { grep: pattern(options.grep) }),
  };
  await withRecords(async ({ home, records }) => {
    const run = await records.findRun(options.run);
    const running = async () => (await records.findRun(run.id)).status === 'running';
    const events = readRunLog(
      runLogPath(home, run.id),
      options.follow ? { follow: running, signal: cli.signal } : {},
    );
    const steps = new Set<string>();
    let lines = 0;
    for await (const event of events) {
      if (event.type === 'step.started') steps.add(event.step);
      const found = options.json ? eventLines(event, filter) : logLines(event, filter, cli.paint);
      if (found.length > 0) cli.print(found.join('\n'));
      lines += found.length;
    }
    if (lines === 0) cli.note(emptyText(run.id, options, steps));
  });
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new GildError({
      code: 'USAGE',
      message: `\`${text}\` is not a regular expression: ${(error as Error).message.replace(/^.*: /, '')}.`,
      hint: 'Put a backslash before characters that are meant as they are.',
      cause: error,
    });
  }
}

function eventLines(
  event: Parameters<typeof logLines>[0],
  { step, grep }: Parameters<typeof logLines>[1],
): string[] {
  const text = JSON.stringify(event);
  if (step !== undefined && !isWithin('step' in event ? event.step : undefined, step)) return [];
  return grep === undefined || grep.test(text) ? [text] : [];
}

function emptyText(run: string, { step, grep }: LogsOptions, steps: ReadonlySet<string>): string {
  if (step !== undefined && ![...steps].some((name) => isWithin(name, step))) {
    return `Run ${run} has no step \`${step}\`. Its steps: ${[...steps].join(', ') || 'none'}.`;
  }
  return grep === undefined ? `Run ${run} wrote nothing.` : `No line of run ${run} matches \`${grep}\`.`;
}
