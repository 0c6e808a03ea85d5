import { AttemptEnded } from './attempt-ended.ts';
import type { AskMachine } from './condition/evaluate.ts';
import { probeProgram } from './condition/probes.ts';
import { timeoutMessage } from './execute.ts';
import type { StepRun } from './step-run.ts';

/** Answers the probes of a condition with one command, whatever their number. */
export function askMachine({ options, step, signal }: StepRun): AskMachine {
  const { machine, env = {} } = options;
  return async (probes) => {
    if (machine.os === 'windows')
      throw new AttemptEnded('conditions about files and programs cannot be tested on Windows yet');
    const chunks: Buffer[] = [];
    const { timedOut } = await machine.run({
      argv: [...machine.toolbox, 'sh'],
      stdin: Buffer.from(probeProgram(probes)),
      env,
      signal,
      timeoutMs: step.timeoutSeconds < 0 ? undefined : step.timeoutSeconds * 1000,
      onStdout: (chunk) => void chunks.push(chunk),
    });
    if (timedOut) throw new AttemptEnded(timeoutMessage(step.timeoutSeconds));
    const answers = Buffer.concat(chunks).toString('latin1');
    if (answers.length !== probes.length) throw new AttemptEnded('the machine could not test the condition');
    return [...answers].map((answer) => answer === '1');
  };
}
