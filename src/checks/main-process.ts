import type { ContainerConfig } from '../model/buildspec.ts';
import type { Command, Machine } from '../platforms/types.ts';
import { GildError } from '../support/errors.ts';
import { lastLines } from './findings.ts';

/** The image's entry point, started as a container runtime would start it. */
export interface MainProcess {
  /** Aborted as soon as it ends by itself. */
  readonly ended: AbortSignal;
  /** One line on how it ended, or on why there is none. Throws what kept it from starting on our side. */
  obituary(): string;
  /** Last lines of what it wrote. */
  output(): string;
  stop(): Promise<void>;
}

/** How a container runtime would start the image; `argv` may be empty. */
export function mainCommand(config: ContainerConfig): Pick<Command, 'argv' | 'env' | 'cwd' | 'user'> {
  return {
    argv: [...config.entrypoint, ...config.cmd],
    env: config.env,
    cwd: config.workingDir || '/',
    user: config.user || 'root',
  };
}

const keptBytes = 64 * 1024;

export function startMainProcess(
  machine: Machine,
  config: ContainerConfig,
  signal?: AbortSignal,
): MainProcess {
  const command = mainCommand(config);
  const { argv } = command;
  const ended = new AbortController();
  const stopping = new AbortController();
  const log = tail();
  const startedAt = performance.now();
  let obituary = 'the image has neither `entrypoint` nor `cmd`, so nothing was started';
  let thrown: unknown;
  const life = argv.length === 0 ? Promise.resolve(ended.abort()) : live();
  return {
    ended: ended.signal,
    obituary: () => {
      if (thrown !== undefined) throw thrown;
      return obituary;
    },
    output: () => lastLines(log.text()),
    stop: async () => {
      stopping.abort();
      await life;
      if (thrown !== undefined) throw thrown;
    },
  };

  async function live(): Promise<void> {
    try {
      const { exitCode, outOfMemory } = await machine.run({
        ...command,
        signal: signal ? AbortSignal.any([signal, stopping.signal]) : stopping.signal,
        onStdout: log.take,
        onStderr: log.take,
      });
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      const how = outOfMemory ? 'ran out of memory' : `exited with code ${exitCode}`;
      obituary = `the main process \`${argv.join(' ')}\` ${how} after ${seconds} s`;
    } catch (error) {
      if (stopping.signal.aborted || signal?.aborted) return;
      if (error instanceof GildError && error.kind === 'build')
        obituary = `the main process did not start: ${error.message}`;
      else thrown = error;
    } finally {
      ended.abort();
    }
  }
}

function tail() {
  let kept = Buffer.alloc(0);
  return {
    take: (chunk: Buffer) => {
      kept = Buffer.concat([kept, chunk]).subarray(-keptBytes);
    },
    text: () => kept.toString(),
  };
}
