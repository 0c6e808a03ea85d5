import { shellInto } from '../../build/shell.ts';
import type { RecipeOptions } from '../../build/types.ts';
import type { NetworkMode } from '../../model/buildspec.ts';
import type { Cli } from '../types.ts';

export interface ShellCommandOptions {
  readonly target: string;
  readonly command: readonly string[];
  readonly network: NetworkMode;
  /** The target is a recipe: opens the state before a step of it. */
  readonly recipe: (RecipeOptions & { readonly before: string }) | undefined;
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
