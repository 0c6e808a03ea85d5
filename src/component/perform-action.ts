import { findAction } from './actions/index.ts';
import { askMachine } from './ask-machine.ts';
import { type Attempt, asAttemptEnded } from './attempt.ts';
import { evaluate } from './condition/evaluate.ts';
import { readInputs } from './inputs.ts';
import { platformProblems } from './platform-fit.ts';
import { type Remembered, resolveReferences, type Scope } from './resolve-references.ts';
import { runNested } from './run-nested.ts';
import type { StepRun } from './step-run.ts';
import { takenBy } from './taken-by.ts';
import type { ActionContext, ActionFailure, ActionResult } from './types.ts';

/** More restarts of one step than any real script needs. */
export const mostReboots = 15;

export interface Pass extends Remembered {
  readonly failure?: ActionFailure;
}

/** Carries out the action of a step once, however often the machine restarts meanwhile. */
export async function performAction(
  run: StepRun,
  attempt: Attempt,
  iteration?: NonNullable<Scope['iteration']>,
): Promise<Pass> {
  const { step, options, log } = run;
  let inputs: unknown = step.inputs;
  for (let reboots = 0; ; reboots++) {
    let result: ActionResult;
    try {
      inputs = await resolveReferences(step.inputs, iteration ? { ...run, iteration } : run);
      result = await perform(run, attempt, inputs);
    } catch (error) {
      const { message, hint } = asAttemptEnded(error, run, attempt);
      result = { kind: 'failed', message, ...(hint !== undefined && { hint }) };
    }
    log.flush();
    if (result.kind === 'done') return { inputs, outputs: result.outputs ?? [] };
    if (result.kind === 'reboot-and-repeat' && reboots >= mostReboots) {
      result = { kind: 'failed', message: `The script asked for a restart ${reboots + 1} times.` };
    }
    if (result.kind === 'failed') return { inputs, outputs: result.outputs ?? [], failure: result };
    log.note('The script asks for a restart: the machine restarts and the step runs again.');
    await options.machine.reboot();
  }
}

async function perform(run: StepRun, attempt: Attempt, inputs: unknown): Promise<ActionResult> {
  const { step } = run;
  const action = findAction(step.action);
  if (!action) return { kind: 'failed', message: `There is no action ${step.action}.` };
  const { items, problems } = readInputs(action, inputs, 'resolved');
  const [problem] = [...problems, ...platformProblems(action, inputs, run.options.machine.os)];
  if (problem)
    return { kind: 'failed', message: problem.message, ...(problem.hint && { hint: problem.hint }) };
  return action.run(items as never, contextOf(run, attempt));
}

function contextOf(run: StepRun, { executor, signal }: Attempt): ActionContext {
  const { options, log } = run;
  const { machine, downloads } = options;
  return {
    machine,
    downloads,
    signal,
    execute: executor.execute,
    note: log.note,
    taken: takenBy(run),
    holds: (condition) => evaluate(condition, askMachine(run)),
    runDocument: (request) => runNested(run, request),
  };
}
