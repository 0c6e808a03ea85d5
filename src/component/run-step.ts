import type { Phase, Step } from '../model/component.ts';
import type { Failure } from '../model/events.ts';
import { findAction } from './actions/index.ts';
import { AttemptEnded, createExecutor, type Executor, timeoutMessage } from './execute.ts';
import { readInputs } from './inputs.ts';
import type { DocumentRun } from './interpreter.ts';
import { platformProblems } from './platform-fit.ts';
import { resolveReferences, UnresolvedReference } from './resolve-references.ts';
import { createStepLog, type StepLog } from './step-log.ts';
import type { ActionFailure, ActionResult, Outputs } from './types.ts';

/** More restarts of one step than any real script needs. */
export const mostReboots = 15;

export interface StepOutcome {
  readonly inputs: unknown;
  readonly outputs: readonly Outputs[];
  readonly attempts: number;
  readonly failure?: Failure;
}

interface StepRun extends DocumentRun {
  readonly phase: Phase;
  readonly step: Step;
  /** Full name, for events. */
  readonly name: string;
}

/** Runs a step until it succeeds or its attempts are used up. Throws only for what is no failure of the step. */
export async function runStep(
  document: DocumentRun,
  named: { readonly phase: Phase; readonly step: Step; readonly name: string },
): Promise<StepOutcome> {
  const { step } = named;
  const run: StepRun = { ...document, ...named };
  for (let attempt = 1; ; attempt++) {
    const log = createStepLog({
      emit: run.options.emit,
      step: run.name,
      redact: run.redact,
      silent: step.disableLogging,
    });
    const outcome = await runAttempt(run, attempt, log);
    log.flush();
    if (!outcome.failure || attempt >= step.maxAttempts) return outcome;
    log.note(`Attempt ${attempt} of ${step.maxAttempts} failed: ${outcome.failure.message}`);
  }
}

async function runAttempt(run: StepRun, attempt: number, log: StepLog): Promise<StepOutcome> {
  const { step, options } = run;
  let inputs: unknown = step.inputs;
  for (let reboots = 0; ; reboots++) {
    const executor = createExecutor({
      machine: options.machine,
      log,
      env: options.env ?? {},
      timeoutSeconds: step.timeoutSeconds,
      memoryLimit: options.memoryLimit,
      signal: run.signal,
    });
    let result: ActionResult;
    try {
      inputs = resolveReferences(step.inputs, { values: run.values, steps: run.remembered });
      result = await perform(run, inputs, executor, log);
    } catch (error) {
      run.signal.throwIfAborted();
      if (!(error instanceof AttemptEnded) && !(error instanceof UnresolvedReference)) throw error;
      const hint = error instanceof AttemptEnded ? error.hint : undefined;
      result = { kind: 'failed', message: error.message, ...(hint !== undefined && { hint }) };
    }
    if (result.kind === 'done') return { inputs, outputs: result.outputs ?? [], attempts: attempt };
    if (result.kind === 'failed') return failed(result);
    if (reboots >= mostReboots) {
      return failed({ kind: 'failed', message: `The script asked for a restart ${reboots + 1} times.` });
    }
    log.note('The script asks for a restart: the machine restarts and the step runs again.');
    await options.machine.reboot();

    function failed(failure: ActionFailure): StepOutcome {
      log.flush();
      const told = describeFailure(run, { failure, attempt, executor, log });
      return { inputs, outputs: failure.outputs ?? [], attempts: attempt, failure: told };
    }
  }
}

async function perform(
  run: StepRun,
  inputs: unknown,
  executor: Executor,
  log: StepLog,
): Promise<ActionResult> {
  const { step, options } = run;
  const action = findAction(step.action);
  if (!action) return { kind: 'failed', message: `There is no action ${step.action}.` };
  const { items, problems } = readInputs(action, inputs, 'resolved');
  const [problem] = [...problems, ...platformProblems(action, inputs, options.machine.os)];
  if (problem)
    return { kind: 'failed', message: problem.message, ...(problem.hint && { hint: problem.hint }) };
  const limit = step.timeoutSeconds < 0 ? undefined : AbortSignal.timeout(step.timeoutSeconds * 1000);
  const context = {
    machine: options.machine,
    downloads: options.downloads,
    signal: limit ? AbortSignal.any([run.signal, limit]) : run.signal,
    execute: executor.execute,
    note: log.note,
  };
  try {
    return await action.run(items as never, context);
  } catch (error) {
    run.signal.throwIfAborted();
    if (limit?.aborted && error === limit.reason) throw new AttemptEnded(timeoutMessage(step.timeoutSeconds));
    throw error;
  }
}

function describeFailure(
  run: StepRun,
  what: {
    readonly failure: ActionFailure;
    readonly attempt: number;
    readonly executor: Executor;
    readonly log: StepLog;
  },
): Failure {
  const { step, phase, options } = run;
  const { failure, attempt, executor, log } = what;
  const { redact } = run;
  const last = executor.last();
  const shown = last?.command.shown ?? last?.command;
  const script = last?.command.shown?.script;
  const { file, line, column } = step.at;
  const lastLines = log.lastLines();
  return {
    code: failure.code ?? 'STEP_FAILED',
    message: redact(`${step.name} (${step.action}): ${failure.message}`),
    ...(failure.hint && { hint: failure.hint }),
    ...(shown && { command: shown.argv.map(redact) }),
    ...(script !== undefined && !step.disableLogging && { script: redact(script) }),
    ...(last?.exitCode !== undefined && { exitCode: last.exitCode }),
    ...(lastLines.length > 0 && { lastLines }),
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
