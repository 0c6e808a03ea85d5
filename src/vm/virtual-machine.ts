import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Namespace } from '../host/types.ts';
import type { Firmware } from '../model/disk.ts';
import { unreachable } from '../platforms/unreachable.ts';
import type { Disposer } from '../support/disposer.ts';
import { processStream } from '../support/process-stream.ts';
import { waitForCloudInit } from './cloud-init.ts';
import type { Console } from './console.ts';
import { bootFailed } from './failure.ts';
import { createRemoteMachine } from './machine.ts';
import type { Power } from './power.ts';
import type { Ssh } from './ssh.ts';
import type { Accelerator, VirtualMachine, VmOptions } from './types.ts';

interface Parts {
  readonly firmware: Firmware;
  readonly secureBoot: boolean;
  readonly accelerator: Accelerator;
  readonly signal: AbortSignal | undefined;
  readonly onUnready: VmOptions['onUnready'];
  readonly namespace: Namespace;
  /** The namespace's root writes here. */
  readonly folder: string;
  /** Port of the machine -> port of the namespace's loopback. */
  readonly ports: ReadonlyMap<number, number>;
  readonly ssh: Ssh;
  readonly serial: Console;
  readonly power: Power;
  readonly disposer: Disposer;
}

export function createVirtualMachine(parts: Parts): VirtualMachine {
  const { firmware, secureBoot, accelerator, namespace, folder, ports, ssh, serial, power } = parts;
  const patience = accelerator === 'kvm' ? 1 : slowness;
  const prompts = createPrompts(parts);
  let since = performance.now();
  let seconds = 0;
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= parts.disposer.dispose();
    return closed;
  };
  const waitForLogin = async (timeoutMs: number, boot = power.restarts()) => {
    await prompts.next({ timeoutMs, boot });
    seconds = (performance.now() - since) / 1000;
    return seconds;
  };
  const restart = async (timeoutMs: number) => {
    const boot = power.restarts() + 1;
    since = performance.now();
    await power.execute('send-key', { keys: ctrlAltDelete });
    return waitForLogin(timeoutMs, boot);
  };
  return {
    firmware,
    secureBoot,
    accelerator,
    patience,
    machine: createRemoteMachine({
      ssh,
      letIn: async () => {
        await waitForSsh(parts, Math.max(letInMs * patience, 2000 * seconds));
        await waitForCloudInit({ ...parts, timeoutMs: setUpMs * patience });
      },
      boot: power.restarts,
      restart: () => restart(restartMs * patience),
      close,
      signal: parts.signal,
    }),
    waitForLogin: (timeoutMs) => waitForLogin(timeoutMs),
    restart,
    bootSeconds: () => seconds,
    lastScreen: serial.lastScreen,
    screenshot: async (path) => {
      const shot = join(folder, 'screen.png');
      await power.execute('screendump', { filename: shot, format: 'png' });
      await copyFile(shot, path);
    },
    dial: (port) => {
      const argv = ['busybox', 'nc', '127.0.0.1', String(ports.get(port) ?? 0)];
      return processStream(
        (io) => namespace.exec(argv, io),
        (text) => text.trim(),
      );
    },
    ended: power.ended,
    close,
  };
}

/** Of software emulation against KVM, for time limits. */
const slowness = 5;

/** From the login prompt to the SSH server's first answer; where booting was slow, twice as long as that if it is more. */
const letInMs = 20_000;
const restartMs = 120_000;
/** From then until cloud-init is done. */
const setUpMs = 120_000;

const ctrlAltDelete = ['ctrl', 'alt', 'delete'].map((data) => ({ type: 'qcode', data }));

/** Login prompts, each waited for once. */
function createPrompts({ serial, power, signal }: Parts) {
  let seen = { boot: 0, prompts: 0 };
  const isNew = () => serial.prompts() > (power.restarts() === seen.boot ? seen.prompts : 0);
  const obituary = ({ timeoutMs, boot, gaveUp }: Wait & { readonly gaveUp: boolean }) => {
    if (gaveUp) return 'The system gave up booting.';
    if (power.gone.aborted) return 'The machine stopped before it showed a login prompt.';
    const late = `after ${Math.round(timeoutMs / 1000)} s`;
    if (power.restarts() < boot) return `The machine had not restarted ${late}.`;
    return `No login prompt on the serial console ${late}.`;
  };
  return {
    /** The first that is new, of this boot or a later one; the machine boots for the first time with 0. */
    next: async ({ timeoutMs, boot }: Wait) => {
      const patience = AbortSignal.timeout(timeoutMs);
      const gaveUp = new AbortController();
      void serial.gaveUp.then(() => gaveUp.abort());
      const over = AbortSignal.any([patience, power.gone, gaveUp.signal, ...(signal ? [signal] : [])]);
      while (power.restarts() < boot || !isNew()) {
        if (over.aborted) {
          signal?.throwIfAborted();
          throw bootFailed(obituary({ timeoutMs, boot, gaveUp: gaveUp.signal.aborted }), serial);
        }
        await Promise.race([serial.nextPrompt(), aborted(over)]);
      }
      seen = { boot: power.restarts(), prompts: serial.prompts() };
    },
  };
}

interface Wait {
  readonly timeoutMs: number;
  /** How often the machine has restarted by then. */
  readonly boot: number;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

const retryMs = 500;

async function waitForSsh({ ssh, power, signal }: Parts, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const said: Buffer[] = [];
    const { exitCode } = await ssh.run('true', { onStderr: (chunk) => said.push(chunk), signal });
    if (exitCode === 0) return;
    if (power.gone.aborted) throw unreachable('it has been switched off');
    if (performance.now() > deadline) {
      const why = Buffer.concat(said).toString().trim().split('\n').at(-1) ?? 'no answer';
      throw unreachable(
        why,
        'Commands are run over SSH as root, with a key that is handed over by firmware credentials (systemd 252 or later) or cloud-init: the image needs an SSH server and DHCP on its first network interface.',
      );
    }
    await delay(retryMs, undefined, signal ? { signal } : {});
  }
}
