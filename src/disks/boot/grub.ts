import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireProgram } from '../../host/programs.ts';
import type { Host } from '../../host/types.ts';
import type { FileSystemType } from '../../model/disk.ts';
import { output } from '../../support/process.ts';
import { grubLoaderConfig } from './grub-config.ts';

/** Boot code for a root file system that is known by its UUID. */
export interface BootCode {
  /** First 440 bytes of the disk. */
  readonly mbr: Buffer;
  /** Content of the BIOS boot partition. */
  readonly core: Buffer;
  /** `EFI/BOOT/BOOTX64.EFI` */
  readonly efi: Buffer;
}

export interface BootCodeOptions {
  /** `xxxxxxxx-xxxx-…`, of the file system that holds `/boot/grub/grub.cfg`. */
  readonly rootUuid: string;
  readonly filesystem: FileSystemType;
  /** Sector where the BIOS boot partition begins. */
  readonly coreSector: number;
}

const modules = [
  ...['part_gpt', 'ext2', 'fat', 'normal', 'configfile', 'search', 'search_fs_uuid', 'search_label'],
  ...['linux', 'boot', 'echo', 'test', 'sleep', 'serial', 'terminal', 'gzio', 'halt', 'reboot', 'ls', 'cat'],
];

const folders = { bios: '/usr/lib/grub/i386-pc', efi: '/usr/lib/grub/x86_64-efi' };

/** `ext2` reads ext4 too. */
const fileSystemModules = { ext4: [], btrfs: ['btrfs'], xfs: ['xfs'] } as const;

/** All modules are in the images, so that nothing of GRUB's has to be on the disk. Throws `HOST_TOOL_MISSING`. */
export async function makeBootCode(host: Host, options: BootCodeOptions): Promise<BootCode> {
  const { rootUuid, coreSector, filesystem } = options;
  const program = requireProgram('grub-mkimage');
  const scratch = await host.scratch('grub');
  try {
    const config = join(scratch.path, 'early.cfg');
    await writeFile(config, grubLoaderConfig(rootUuid));
    const make = async (format: string, folder: string, own: readonly string[]) => {
      const to = join(scratch.path, `${format}.img`);
      await output([
        program,
        ...['--format', format, '--directory', folder, '--prefix', '/boot/grub', '--config', config],
        ...['--output', to, ...modules, ...fileSystemModules[filesystem], ...own],
      ]);
      return readFile(to);
    };
    const [boot, core, efi] = await Promise.all([
      readFile(join(folders.bios, 'boot.img')),
      make('i386-pc', folders.bios, ['biosdisk']),
      make('x86_64-efi', folders.efi, ['efi_gop', 'all_video']),
    ]);
    return { ...embed(boot, core, coreSector), efi };
  } finally {
    await scratch.release();
  }
}

/** What `grub-bios-setup` does to the images: each part learns where the next one lies. Sources: GRUB's boot.S, diskboot.S. */
function embed(boot: Buffer, core: Buffer, coreSector: number): Pick<BootCode, 'mbr' | 'core'> {
  const mbr = Buffer.from(boot.subarray(0, 440));
  mbr.writeBigUInt64LE(BigInt(coreSector), 0x5c);
  const embedded = Buffer.from(core);
  embedded.writeBigUInt64LE(BigInt(coreSector + 1), 0x1f4);
  return { mbr, core: embedded };
}
