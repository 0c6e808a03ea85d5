import { kernelCommandLine } from './command-line.ts';

export interface GrubConfig {
  /** What the entry is called. */
  readonly title: string;
  readonly rootUuid: string;
  /** Paths on the root file system. */
  readonly kernel: string;
  readonly initrd?: string;
  /** Beside the root and the consoles. */
  readonly kernelOptions?: string;
}

/** What a GRUB on another partition needs: it goes on with the configuration of the root file system, wherever the firmware found its disk. */
export function grubLoaderConfig(rootUuid: string): string {
  return [
    `search --no-floppy --fs-uuid --set=root ${rootUuid}`,
    'set prefix=($root)/boot/grub',
    'configfile ($root)/boot/grub/grub.cfg',
    '',
  ].join('\n');
}

/** `/boot/grub/grub.cfg`: one entry, booted at once, on the display and on the serial console. */
export function grubConfig({ title, rootUuid, kernel, initrd, kernelOptions = '' }: GrubConfig): string {
  const options = kernelCommandLine(rootUuid, kernelOptions);
  return `serial --unit=0 --speed=115200
terminal_input console serial
terminal_output console serial
set default=0
set timeout=0

menuentry '${title.replaceAll(/['\\\n]/g, '')}' {
  linux ${kernel} ${options}
${initrd === undefined ? '' : `  initrd ${initrd}\n`}}
`;
}
