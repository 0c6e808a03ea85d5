import { PassThrough } from 'node:stream';
import type { Namespace } from '../host/types.ts';
import type { Console } from './console.ts';
import { qmpSocket } from './qemu-command.ts';
import { openQmp, type Qmp } from './qmp.ts';

/** One QEMU, which runs until the machine in it restarts or is switched off. */
export interface QemuProcess {
  readonly qmp: Qmp;
  /** `restart`: the machine asked for one, from inside or by its keyboard; everything else is an end. */
  readonly ended: Promise<'restart' | 'off'>;
}

export interface QemuRequest {
  readonly namespace: Namespace;
  readonly argv: readonly string[];
  /** The namespace's root writes here. */
  readonly folder: string;
  /** Gets what comes from the serial console. */
  readonly serial: Console;
  /** Of QEMU itself. */
  readonly onComplaint: (chunk: Buffer) => void;
  readonly signal: AbortSignal;
}

/** Runs QEMU in a namespace; the serial console is its stdin and stdout. Throws if there is no talking to it. */
export async function runQemu(request: QemuRequest): Promise<QemuProcess> {
  const { namespace, argv, folder, serial, onComplaint, signal } = request;
  const gone = new AbortController();
  // Nobody types; at the end of its stdin QEMU would go on, but this is how the console stays open.
  const stdin = new PassThrough();
  const exited = namespace
    .exec(argv, {
      cwd: folder,
      env: { TMPDIR: folder },
      stdin,
      signal,
      onStdout: serial.push,
      onStderr: onComplaint,
    })
    .then(
      () => undefined,
      () => undefined,
    )
    .finally(() => {
      stdin.end();
      gone.abort(new Error('the virtual machine has stopped'));
    });
  let end: 'restart' | 'off' = 'off';
  const qmp: Qmp = await openQmp({
    folder,
    socket: qmpSocket,
    onEvent: ({ event, data }) => {
      if (event !== 'SHUTDOWN') return;
      if (data.reason === 'guest-reset') end = 'restart';
      qmp.execute('quit').catch(() => undefined);
    },
    signal: gone.signal,
  });
  await qmp.execute('cont');
  const ended = exited.then(() => {
    qmp.close();
    return end;
  });
  return { qmp, ended };
}
