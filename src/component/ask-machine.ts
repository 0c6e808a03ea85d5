import type { Machine } from '../platforms/types.ts';
import { AttemptEnded } from './attempt-ended.ts';
import type { AskMachine } from './condition/evaluate.ts';
import { probeProgram } from './condition/probes.ts';

/** Answers the probes of a condition with one command, whatever their number. */
export function askMachine(
  machine: Machine,
  options: {
    readonly env: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
    readonly timeoutMs: number | undefined;
  },
): AskMachine {
  return async (probes) => {
    if (machine.os === 'windows')
      throw new AttemptEnded('conditions about files and programs cannot be tested on Windows yet');
    const chunks: Buffer[] = [];
    await machine.run({
      argv: [...machine.toolbox, 'sh'],
      stdin: Buffer.from(probeProgram(probes)),
      ...options,
      onStdout: (chunk) => void chunks.push(chunk),
    });
    const answers = Buffer.concat(chunks).toString('latin1');
    if (answers.length !== probes.length) throw new AttemptEnded('the machine could not test the condition');
    return [...answers].map((answer) => answer === '1');
  };
}
