import type { Command } from 'commander';
import type { Cli } from '../types.ts';

/** What the groups of commands are hung on. */
export interface Frame {
  readonly program: Command;
  readonly cli: Cli;
  /** Runs a command and keeps its exit code. */
  readonly run: (job: () => Promise<number | undefined>) => Promise<void>;
}
