import { z } from 'zod';
import { canonicalJson } from '../../support/canonical.ts';
import { derivedBytes } from '../identifiers.ts';
import { ovf } from './ova/ovf.ts';
import { qcow2 } from './qcow2/qcow2.ts';
import { appendTar, type TarPart } from './tar-parts.ts';
import type { DiskFormat, FormatSource } from './types.ts';
import { vmdk } from './vmdk/vmdk.ts';

const schema = z.strictObject({
  provider: z
    .enum(['libvirt', 'virtualbox'])
    .default('libvirt')
    .describe('Of Vagrant, for which the box is.'),
  cpus: z
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe('Processors of the machine, unless a Vagrantfile says otherwise.'),
  memory: z.int().min(128).max(1_048_576).default(1024).describe('Its memory in MiB, likewise.'),
});

type BoxOptions = z.infer<typeof schema>;

const gibibyte = 1024 ** 3;

export const box: DiskFormat = {
  name: 'box',
  summary: 'A Vagrant box, for libvirt or VirtualBox',
  mediaType: 'application/x-tar',
  schema,
  extension: (options) => `${schema.parse(options).provider}.box`,
  async write(source, options, file) {
    const parsed = schema.parse(options);
    const parts =
      parsed.provider === 'libvirt' ? libvirtParts(source, parsed) : virtualboxParts(source, parsed);
    await appendTar(await parts, source, file);
  },
};

async function libvirtParts(source: FormatSource, { cpus, memory }: BoxOptions): Promise<TarPart[]> {
  const facts = { format: 'qcow2', virtual_size: Math.ceil(source.disk.size / gibibyte) };
  const vagrantfile = [
    'Vagrant.configure("2") do |config|',
    '  config.vm.provider :libvirt do |libvirt|',
    `    libvirt.cpus = ${cpus}`,
    `    libvirt.memory = ${memory}`,
    '  end',
    'end',
    '',
  ];
  return [
    metadata(source, 'libvirt', facts),
    { name: 'Vagrantfile', content: Buffer.from(vagrantfile.join('\n')) },
    { name: 'box.img', content: await source.made(qcow2, {}) },
  ];
}

async function virtualboxParts(source: FormatSource, { cpus, memory }: BoxOptions): Promise<TarPart[]> {
  const disk = await source.made(vmdk, {});
  const name = `${source.stem}.vmdk`;
  const vagrantfile = [
    'Vagrant.configure("2") do |config|',
    `  config.vm.base_mac = "080027${derivedBytes(source.seed, 'vagrant mac', 3).toString('hex').toUpperCase()}"`,
    'end',
    '',
  ];
  const machine = ovf(
    source,
    { name, size: disk.size },
    { cpus, memory, firmware: 'bios', system: 'virtualbox' },
  );
  return [
    metadata(source, 'virtualbox', {}),
    { name: 'Vagrantfile', content: Buffer.from(vagrantfile.join('\n')) },
    { name: 'box.ovf', content: Buffer.from(machine) },
    { name, content: disk },
  ];
}

function metadata({ architecture }: FormatSource, provider: string, facts: Record<string, unknown>): TarPart {
  return { name: 'metadata.json', content: Buffer.from(canonicalJson({ architecture, provider, ...facts })) };
}
