import { PassThrough } from 'node:stream';
import type { Namespace } from '../host/types.ts';
import type { Console } from './console.ts';

export interface QemuProcess {
  /** Aborted as soon as QEMU has ended, for whatever reason. */
  readonly gone: AbortSignal;
  readonly ended: Promise<void>;
  /** Last of what QEMU itself said. */
  complaint(): string;
  stop(): Promise<void>;
}

/** Runs QEMU in a namespace; the serial console is its stdin and stdout. */
export function runQemu(
  namespace: Namespace,
  argv: readonly string[],
  { folder, serial }: { readonly folder: string; readonly serial: Console },
): QemuProcess {
  const stopping = new AbortController();
  const gone = new AbortController();
  const said: Buffer[] = [];
  // Nobody types; at the end of its stdin QEMU would go on, but this is how the console stays open.
  const stdin = new PassThrough();
  const ended = namespace
    .exec(argv, {
      cwd: folder,
      env: { TMPDIR: folder },
      stdin,
      signal: stopping.signal,
      onStdout: serial.push,
      onStderr: (chunk) => void said.push(chunk),
    })
    .then(
      () => undefined,
      () => undefined,
    )
    .finally(() => {
      stdin.end();
      serial.end();
      gone.abort(new Error('the virtual machine has stopped'));
    });
  return {
    gone: gone.signal,
    ended,
    complaint: () => Buffer.concat(said).toString().trim().split('\n').slice(-3).join('; '),
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}
