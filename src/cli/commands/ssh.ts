import { enterImage } from '../../build/enter-image.ts';
import type { Cli } from '../types.ts';

export interface SshCommandOptions {
  readonly image: string;
  readonly command: readonly string[];
  readonly firmware?: 'bios' | 'uefi';
  /** MiB. */
  readonly memory: number;
  readonly cpus: number;
}

/** Boots an image and opens a shell in it, or runs one command and returns its exit code. */
export function ssh(options: SshCommandOptions, cli: Cli): Promise<number> {
  return enterImage(
    {
      ...options,
      memory: options.memory * 2 ** 20,
      note: cli.note,
      onStdout: (chunk) => void process.stdout.write(chunk),
      onStderr: (chunk) => void process.stderr.write(chunk),
    },
    cli,
  );
}
