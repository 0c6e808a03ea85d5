import { pictureImage } from '../../build/enter-image.ts';
import type { Forward } from '../../build/forward-ports.ts';
import { runImage } from '../../build/run-image.ts';
import type { Cli } from '../types.ts';

export interface RunCommandOptions {
  readonly image: string;
  readonly as?: 'container' | 'vm';
  readonly firmware?: 'bios' | 'uefi';
  /** MiB. */
  readonly memory: number;
  readonly cpus: number;
  readonly publish: readonly Forward[];
  /** A file that keeps what the machine writes, and is gone on from. */
  readonly overlay?: string;
  /** Writes a picture of the display at the login prompt there, and ends. */
  readonly screenshot?: string;
}

/** Starts an image, as it would run elsewhere; what it writes is thrown away unless it is kept in an overlay. */
export async function run(options: RunCommandOptions, cli: Cli): Promise<number> {
  const { screenshot, ...rest } = options;
  const memory = options.memory * 2 ** 20;
  const { signal, note } = cli;
  if (screenshot === undefined) {
    const onOutput = (text: string | Buffer) => void process.stdout.write(text);
    return runImage({ ...rest, memory, signal, note, onOutput });
  }
  const onConsole = (lines: readonly string[]) => note(lines.join('\n'));
  const { seconds } = await pictureImage({ ...rest, memory, signal, to: screenshot, onConsole });
  cli.print(`${screenshot} shows its display after ${seconds.toFixed(1)} s.`);
  return 0;
}
