import type { Firmware } from '../model/disk.ts';
import type { Accelerator } from './types.ts';

export interface QemuOptions {
  readonly program: string;
  /** Over the disk, of QEMU's own format: what the machine writes goes there. */
  readonly overlay: string;
  /** Whether the overlay must be whole also if the host loses power. */
  readonly durable: boolean;
  readonly firmware: Firmware;
  readonly secureBoot?: boolean | undefined;
  readonly accelerator: Accelerator;
  /** Bytes. */
  readonly memory: number;
  readonly cpus: number;
  /** Port of the namespace's loopback -> port of the machine. */
  readonly forwards: ReadonlyMap<number, number>;
  /** Whether the machine reaches anything outside. */
  readonly outbound: boolean;
  /** Folder that QEMU runs in: control socket, UEFI variables. */
  readonly folder: string;
  readonly seed: string;
  readonly smbios: readonly string[];
}

/** In the folder that QEMU runs in: its whole path could be longer than those of sockets can be. */
export const qmpSocket = 'qmp.sock';
export const uefiVariables = 'uefi-variables.fd';

/** What `firmware: uefi` boots, without and with Secure Boot: code, and variables to begin with. Package `ovmf`. */
export const ovmf = {
  open: { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', variables: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
  secure: {
    code: '/usr/share/OVMF/OVMF_CODE_4M.secboot.fd',
    variables: '/usr/share/OVMF/OVMF_VARS_4M.ms.fd',
  },
};

/** Emulated, instructions that copy single bytes are slow, and kernels prefer them where the processor says they are fast. */
const processors: Readonly<Record<Accelerator, string>> = { kvm: 'host', tcg: 'max,erms=off' };

/** Serial console on stdin and stdout; the disk is never written. */
export function qemuCommand(options: QemuOptions): string[] {
  const { program, accelerator, memory, cpus, secureBoot, durable } = options;
  return [
    program,
    ...['-nodefaults', '-no-user-config', '-display', 'none'],
    // It waits for whoever listens on its control channel, and stands still where it would restart or end.
    ...['-S', '-action', 'reboot=shutdown,shutdown=pause'],
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ...[
      '-machine',
      `q35,accel=${accelerator}${secureBoot ? ',smm=on' : ''}`,
      '-cpu',
      processors[accelerator],
    ],
    ...['-m', `${Math.ceil(memory / 2 ** 20)}`, '-smp', String(cpus), '-vga', 'std'],
    ...firmwareArguments(options),
    ...[
      '-drive',
      `if=none,id=disk,format=qcow2,file=${escaped(options.overlay)}${durable ? '' : ',cache=unsafe'}`,
    ],
    ...['-device', 'virtio-blk-pci,drive=disk,bootindex=0'],
    ...['-blockdev', `driver=vvfat,node-name=seed,dir=${escaped(options.seed)},label=CIDATA,read-only=on`],
    ...['-device', 'virtio-blk-pci,drive=seed'],
    ...['-netdev', networkArgument(options), '-device', 'virtio-net-pci,netdev=net,romfile='],
    ...['-device', 'virtio-rng-pci'],
    ...['-serial', 'stdio', '-qmp', `unix:${qmpSocket},server=on,wait=off`],
    ...options.smbios.flatMap((value) => ['-smbios', `type=11,value=${escaped(value)}`]),
  ];
}

/** With Secure Boot, nothing but the firmware itself may write its variables. */
function firmwareArguments({ firmware, secureBoot, folder }: QemuOptions): string[] {
  if (firmware === 'bios') return [];
  const { code } = secureBoot ? ovmf.secure : ovmf.open;
  return [
    ...(secureBoot ? ['-global', 'driver=cfi.pflash01,property=secure,value=on'] : []),
    ...(secureBoot ? ['-global', 'ICH9-LPC.disable_s3=1'] : []),
    ...['-drive', `if=pflash,unit=0,format=raw,read-only=on,file=${code}`],
    ...['-drive', `if=pflash,unit=1,format=raw,file=${escaped(folder)}/${uefiVariables}`],
  ];
}

function networkArgument({ forwards, outbound }: QemuOptions): string {
  const rules = [...forwards].map(([outside, inside]) => `,hostfwd=tcp:127.0.0.1:${outside}-:${inside}`);
  return `user,id=net${outbound ? '' : ',restrict=on'}${rules.join('')}`;
}

/** QEMU's option lists take a comma doubled for one. */
function escaped(text: string): string {
  return text.replaceAll(',', ',,');
}
