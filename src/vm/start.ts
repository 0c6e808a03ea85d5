import { join } from 'node:path';
import { makeNamespaceFolder } from '../host/namespace-folder.ts';
import { requireProgram } from '../host/programs.ts';
import type { Host, Namespace } from '../host/types.ts';
import { createDisposer, type Disposer } from '../support/disposer.ts';
import { accelerationOf } from './acceleration.ts';
import { createConsole } from './console.ts';
import { firmwareCredentials } from './credentials.ts';
import { provideKvm } from './kvm.ts';
import { openOverlay } from './overlay.ts';
import { powerOn } from './power.ts';
import { ovmf, qemuCommand, uefiVariables } from './qemu-command.ts';
import { writeSeed } from './seed.ts';
import { createSsh } from './ssh.ts';
import type { VirtualMachine, VmOptions } from './types.ts';
import { createVirtualMachine } from './virtual-machine.ts';

const sshPort = 2222;
const firstPort = 10_000;

/**
 * Starts a machine from a disk, in a namespace of its own: QEMU reads what the image says, so it is kept as far from
 * this host as the image's programs are. Throws `HOST_TOOL_MISSING`, `BOOT_FAILED`.
 */
export async function startVirtualMachine(host: Host, options: VmOptions): Promise<VirtualMachine> {
  const disposer = createDisposer();
  try {
    return await start(host, options, disposer);
  } catch (error) {
    await disposer.dispose().catch(() => undefined);
    options.signal?.throwIfAborted();
    throw error;
  }
}

async function start(host: Host, options: VmOptions, disposer: Disposer): Promise<VirtualMachine> {
  const { firmware, network, signal } = options;
  const secureBoot = firmware === 'uefi' && options.secureBoot === true;
  const program = requireProgram('qemu-system-x86_64');
  const { accelerator } = await accelerationOf(host);
  const scratch = await host.scratch('vm');
  disposer.add(() => scratch.release());
  const namespace = await host.namespace({ network: network === 'on' ? 'on' : 'loopback', signal });
  disposer.add(() => namespace.close());
  const folder = await makeNamespaceFolder(host, join(scratch.path, 'qemu'));
  if (accelerator === 'kvm') await provideKvm(host, namespace, scratch.path);
  const { variables } = secureBoot ? ovmf.secure : ovmf.open;
  if (firmware === 'uefi') await namespace.exec(['cp', variables, join(folder, uefiVariables)]);
  const overlay = await diskOverlay({ host, options, namespace, folder, disposer });
  const ssh = await createSsh({ folder, port: sshPort, namespace });
  const ports = new Map(options.ports.map((port, index) => [port, firstPort + index]));
  const command = qemuCommand({
    ...options,
    secureBoot,
    program,
    accelerator,
    folder,
    overlay,
    durable: options.overlay !== undefined,
    seed: await writeSeed(scratch.path, ssh.publicKey),
    smbios: firmwareCredentials(ssh.publicKey),
    forwards: new Map([[sshPort, 22], ...[...ports].map(([inside, outside]) => [outside, inside] as const)]),
    outbound: network === 'on',
  });
  const serial = createConsole((lines) => options.onConsole?.(lines));
  const power = await powerOn({ namespace, argv: command, folder, serial });
  disposer.add(() => power.stop());
  return createVirtualMachine({
    firmware,
    secureBoot,
    accelerator,
    signal,
    onUnready: options.onUnready,
    namespace,
    folder,
    ports,
    ssh,
    serial,
    power,
    disposer,
  });
}

interface Opening {
  readonly host: Host;
  readonly options: VmOptions;
  readonly namespace: Namespace;
  readonly folder: string;
  readonly disposer: Disposer;
}

/** One that is kept is put where it is kept when QEMU has ended, and before its folder goes. */
async function diskOverlay({ options, disposer, ...where }: Opening): Promise<string> {
  const { overlay: file, disk } = options;
  const overlay = await openOverlay({ ...where, file, disk });
  disposer.add(() => overlay.keep());
  return overlay.path;
}
