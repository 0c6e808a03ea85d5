import type { GildEvent, StepStatus } from '../../model/events.ts';
import { formatBytes, formatSeconds, shortDigest } from '../units.ts';
import { cleanLine } from './clean-line.ts';
import type { Progress } from './types.ts';

/** Of one step; what comes after is only counted: the run's log has it all. */
const mostLines = 20_000;

/** Line by line with the seconds since the start and the step's name: for CI logs, files and `grep`. */
export function createPlainProgress(write: (text: string) => void): Progress {
  let startedAt: number | undefined;
  let newest = 0;
  const counts = new Map<string, number>();

  return {
    show(event) {
      startedAt ??= event.time;
      newest = event.time;
      const lines = linesOf(event);
      if (lines.length > 0) put(lines);
    },
    pause: () => {},
    resume: () => {},
    cancelling: () => put(['cancelling; press Ctrl-C again to kill']),
    close: () => {},
  };

  function put(lines: readonly string[]): void {
    const elapsed = ((newest - (startedAt ?? newest)) / 1000).toFixed(1).padStart(7);
    write(lines.map((line) => `${elapsed} ${line}\n`).join(''));
  }

  function linesOf(event: GildEvent): readonly string[] {
    switch (event.type) {
      case 'run.started':
        return [`building ${event.image} from ${event.recipe}, run ${event.runId}`];
      case 'documents.started':
        return [`running ${event.documents.map((name) => cleanLine(name)).join(', ')} on ${event.base}`];
      case 'step.started':
        return [
          `[${event.step}] start: ${cleanLine(event.title)}${event.detail ? ` (${cleanLine(event.detail)})` : ''}`,
        ];
      case 'step.output':
        return outputLines(event.step, event.lines);
      case 'step.finished':
        return [
          ...uncounted(event.step),
          `[${event.step}] ${outcomes[event.status]} in ${formatSeconds(event.seconds)}`,
        ];
      case 'cache':
        return event.outcome === 'miss' ? [`[${event.step}] runs: ${cleanLine(event.reason)}`] : [];
      case 'kept':
        return [`[${event.step}] kept for \`gild shell ${event.runId}\``];
      case 'warning':
        return [`${event.step ? `[${event.step}] ` : ''}warning: ${cleanLine(event.message)}`];
      case 'verdict':
        return [
          `[test] ${event.verdict.status}: ${cleanLine(event.verdict.name)}: ${cleanLine(event.verdict.message)}`,
        ];
      case 'artifact': {
        const { type, digest, size, fileName } = event.artifact;
        return [`[artifact] ${type} ${fileName} ${shortDigest(digest)} ${formatBytes(size)}`];
      }
      case 'image':
        return [`[image] ${event.name}@${event.version}/${event.build} ${event.state}`];
      case 'run.finished':
        return [`run ${event.status} in ${formatSeconds(event.seconds)}`];
    }
  }

  function outputLines(step: string, lines: readonly string[]): readonly string[] {
    const before = counts.get(step) ?? 0;
    counts.set(step, before + lines.length);
    return lines.slice(0, Math.max(0, mostLines - before)).map((line) => `[${step}] ${cleanLine(line)}`);
  }

  function uncounted(step: string): readonly string[] {
    const more = (counts.get(step) ?? 0) - mostLines;
    counts.delete(step);
    return more > 0 ? [`[${step}] ... ${more} more lines are in the run's log`] : [];
  }
}

const outcomes: Readonly<Record<StepStatus, string>> = {
  success: 'done',
  failed: 'FAILED',
  ignored: 'failed, ignored,',
  skipped: 'skipped',
  reused: 'reused',
  cancelled: 'cancelled',
};
