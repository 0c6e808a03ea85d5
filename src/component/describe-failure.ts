import type { Failure } from '../model/events.ts';
import type { Executor } from './execute.ts';
import type { StepRun } from './step-run.ts';
import type { ActionFailure } from './types.ts';

/** What a person needs to see of an attempt that failed; texts are redacted. */
export function describeFailure(
  run: StepRun,
  what: {
    readonly failure: ActionFailure;
    /** 0: the step failed before its first. */
    readonly attempt: number;
    readonly executor?: Executor;
  },
): Failure {
  const { step, phase, options, log, redact } = run;
  const { failure, attempt, executor } = what;
  log.flush();
  const { file, line, column } = step.at;
  return {
    code: failure.code ?? 'STEP_FAILED',
    message: redact(`${step.name} (${step.action}): ${failure.message}`),
    ...(failure.hint && { hint: redact(failure.hint) }),
    ...(failure.inner ? partsOf(failure.inner) : commandOf(run, executor)),
    position: `${file}:${line}:${column}`,
    where: {
      document: options.document.name,
      phase: phase.name,
      step: step.name,
      action: step.action,
      attempt,
      maxAttempts: step.maxAttempts,
    },
  };
}

/** A step that ran another document shows what failed in there, but for its place. */
function partsOf({ hint, command, script, exitCode, lastLines }: Failure): Partial<Failure> {
  return {
    ...(hint !== undefined && { hint }),
    ...(command && { command }),
    ...(script !== undefined && { script }),
    ...(exitCode !== undefined && { exitCode }),
    ...(lastLines && { lastLines }),
  };
}

function commandOf({ step, log, redact }: StepRun, executor: Executor | undefined): Partial<Failure> {
  const last = executor?.last();
  const shown = last?.command.shown ?? last?.command;
  const script = last?.command.shown?.script;
  const lastLines = log.lastLines();
  return {
    ...(shown && { command: shown.argv.map((argument) => redact(argument)) }),
    ...(script !== undefined && !step.disableLogging && { script: redact(script) }),
    ...(last?.exitCode !== undefined && { exitCode: last.exitCode }),
    ...(lastLines.length > 0 && { lastLines }),
  };
}
