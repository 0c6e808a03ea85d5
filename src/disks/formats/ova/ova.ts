import { z } from 'zod';
import { sha256 } from '../../../support/canonical.ts';
import { appendTar } from '../tar-parts.ts';
import type { DiskFormat } from '../types.ts';
import { vmdk } from '../vmdk/vmdk.ts';
import { ovf } from './ovf.ts';

const schema = z.strictObject({
  cpus: z.int().min(1).max(64).default(1).describe('Processors of the machine; can be changed on import.'),
  memory: z.int().min(128).max(1_048_576).default(1024).describe('Its memory in MiB, likewise.'),
  firmware: z.enum(['bios', 'efi']).default('bios').describe('What VMware starts the disk with.'),
});

export const ova: DiskFormat = {
  name: 'ova',
  summary: 'A machine to import: vSphere, ESXi, VMware Workstation, VirtualBox',
  mediaType: 'application/ovf',
  schema,
  extension: () => 'ova',
  async write(source, options, file) {
    const disk = await source.made(vmdk, {});
    const name = `${source.stem}.vmdk`;
    const machine = ovf(source, { name, size: disk.size }, { ...schema.parse(options), system: 'vmx-13' });
    const manifest = [
      `SHA256(${source.stem}.ovf)= ${hex(sha256(machine))}`,
      `SHA256(${name})= ${hex(disk.digest)}`,
      '',
    ];
    const parts = [
      { name: `${source.stem}.ovf`, content: Buffer.from(machine) },
      { name: `${source.stem}.mf`, content: Buffer.from(manifest.join('\n')) },
      { name, content: disk },
    ];
    await appendTar(parts, source, file);
  },
};

function hex(digest: string): string {
  return digest.replace('sha256:', '');
}
