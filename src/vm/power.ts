import { bootFailed } from './failure.ts';
import { type QemuProcess, type QemuRequest, runQemu } from './qemu-process.ts';
import type { Qmp } from './qmp.ts';

/** A machine from power-on until it is off; it may restart meanwhile. */
export interface Power {
  readonly execute: Qmp['execute'];
  /** How often the machine has restarted, whoever asked for it. */
  restarts(): number;
  /** Aborted as soon as the machine is off, for whatever reason. */
  readonly gone: AbortSignal;
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * With each restart the machine goes on in a fresh QEMU, with the same disk, ports and firmware variables: in software
 * emulation, what QEMU has translated before slows down the kernel that is loaded over it. Throws `BOOT_FAILED`.
 */
export async function powerOn(request: Omit<QemuRequest, 'onComplaint' | 'signal'>): Promise<Power> {
  const { serial } = request;
  const stopping = new AbortController();
  const gone = new AbortController();
  const said: Buffer[] = [];
  const start = (): Promise<QemuProcess> =>
    runQemu({ ...request, signal: stopping.signal, onComplaint: (chunk) => void said.push(chunk) });
  let restarts = 0;
  let now = start();
  await now.catch((error: Error) => {
    const complaint = Buffer.concat(said).toString().trim().split('\n').slice(-3).join('; ');
    throw bootFailed(`QEMU did not start: ${complaint || error.message}`, serial);
  });
  const goOn = async () => {
    while ((await (await now).ended) === 'restart') {
      restarts++;
      serial.restart();
      now = start();
    }
  };
  const ended = goOn()
    .catch(() => undefined)
    .finally(() => {
      serial.end();
      gone.abort(new Error('the virtual machine has stopped'));
    });
  return {
    execute: async (command, args) => {
      try {
        return await (await now).qmp.execute(command, args);
      } catch (thrown) {
        throw bootFailed(
          `The machine could not be told \`${command}\`: ${(thrown as Error).message}.`,
          serial,
        );
      }
    },
    restarts: () => restarts,
    gone: gone.signal,
    ended,
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}
