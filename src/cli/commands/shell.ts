import { shellInto } from '../../build/shell.ts';
import type { NetworkMode } from '../../model/buildspec.ts';
import type { Cli } from '../types.ts';

export interface ShellCommandOptions {
  readonly target: string;
  readonly command: readonly string[];
  readonly network: NetworkMode;
}

/** Opens a shell, or runs one command and returns its exit code. */
export function shell(options: ShellCommandOptions, cli: Cli): Promise<number> {
  const { signal, interact } = cli;
  return shellInto(
    {
      ...options,
      onStdout: (chunk) => void process.stdout.write(chunk),
      onStderr: (chunk) => void process.stderr.write(chunk),
    },
    { signal, interact },
  );
}
