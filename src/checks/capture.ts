import type { Command, CommandResult, Machine } from '../platforms/types.ts';

export interface Captured extends CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** More was written than is kept. */
  readonly truncated: boolean;
}

const limit = 16 * 1024 * 1024;

/** Runs a command and keeps what it writes, up to 16 MiB of each stream. */
export async function capture(machine: Machine, command: Command): Promise<Captured> {
  const stdout = collector();
  const stderr = collector();
  const result = await machine.run({ ...command, onStdout: stdout.take, onStderr: stderr.take });
  const truncated = stdout.truncated() || stderr.truncated();
  return { ...result, stdout: stdout.text(), stderr: stderr.text(), truncated };
}

/** Runs one of the toolbox's utilities, so that an image without any of its own can be looked into. */
export function utility(machine: Machine, argv: readonly string[], signal?: AbortSignal): Promise<Captured> {
  return capture(machine, { argv: [...machine.toolbox, ...argv], timeoutMs: 60_000, signal });
}

/** Text of a file inside the machine; nothing if it is not there or cannot be read. */
export async function readText(
  machine: Machine,
  path: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { exitCode, stdout } = await utility(machine, ['cat', path], signal);
  return exitCode === 0 ? stdout : undefined;
}

function collector() {
  const chunks: Buffer[] = [];
  let size = 0;
  let truncated = false;
  return {
    take: (chunk: Buffer) => {
      const room = limit - size;
      if (chunk.length > room) truncated = true;
      const kept = chunk.subarray(0, room);
      size += kept.length;
      if (kept.length > 0) chunks.push(kept);
    },
    text: () => Buffer.concat(chunks).toString(),
    truncated: () => truncated,
  };
}
