import type { Emit } from '../model/events.ts';
import { createLineStream } from '../support/line-stream.ts';
import type { Redact } from '../support/redact.ts';

/** Where the output of one attempt of a step goes: to the events as whole lines, and the last of it to a failure. */
export interface StepLog {
  stdout(chunk: Buffer): void;
  stderr(chunk: Buffer): void;
  note(line: string): void;
  /** Ends the last line of each stream. */
  flush(): void;
  /** Last lines on stderr, or on stdout where stderr is empty. */
  lastLines(): readonly string[];
  /** Last line on stderr that is not blank, since `mark`. */
  complaint(): string | undefined;
  mark(): void;
}

const remembered = 20;

export function createStepLog(options: {
  readonly emit: Emit;
  readonly step: string;
  readonly redact: Redact;
  /** `disableLogging`: only notes are shown. */
  readonly silent: boolean;
}): StepLog {
  const { emit, step, redact, silent } = options;
  const streams = { stdout: createLineStream(redact), stderr: createLineStream(redact) };
  const last: Record<'stdout' | 'stderr', string[]> = { stdout: [], stderr: [] };
  let complaint: string | undefined;

  const show = (stream: 'stdout' | 'stderr', lines: readonly string[]): void => {
    if (lines.length === 0) return;
    if (stream === 'stderr') complaint = lines.findLast((line) => line.trim() !== '') ?? complaint;
    last[stream] = [...last[stream], ...lines].slice(-remembered);
    if (!silent) emit({ type: 'step.output', step, stream, lines });
  };
  return {
    stdout: (chunk) => show('stdout', streams.stdout.push(chunk)),
    stderr: (chunk) => show('stderr', streams.stderr.push(chunk)),
    note: (line) => emit({ type: 'step.output', step, stream: 'note', lines: [redact(line)] }),
    flush: () => {
      show('stdout', streams.stdout.end());
      show('stderr', streams.stderr.end());
    },
    lastLines: () => {
      if (silent) return [];
      return last.stderr.some((line) => line.trim() !== '') ? last.stderr : last.stdout;
    },
    complaint: () => (silent ? undefined : complaint),
    mark: () => {
      complaint = undefined;
    },
  };
}
