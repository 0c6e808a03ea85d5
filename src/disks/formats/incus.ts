import { z } from 'zod';
import { qcow2 } from './qcow2/qcow2.ts';
import { appendTar } from './tar-parts.ts';
import type { DiskFormat, FormatSource } from './types.ts';

/** As the kernel says it, which is what Incus and LXD go by. */
const architectures: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  arm64: 'aarch64',
  armhf: 'armv7l',
  i386: 'i686',
  ppc64el: 'ppc64le',
};

export const incus: DiskFormat = {
  name: 'incus',
  summary: 'A virtual machine image for Incus and LXD, in one file',
  mediaType: 'application/x-tar',
  schema: z.strictObject({}),
  extension: () => 'incus.tar',
  async write(source, _options, file) {
    const parts = [
      { name: 'metadata.yaml', content: Buffer.from(metadata(source)) },
      { name: 'rootfs.img', content: await source.made(qcow2, {}) },
    ];
    await appendTar(parts, source, file);
  },
};

/** JSON is YAML. */
function metadata({ name, version, description, architecture, epoch }: FormatSource): string {
  const about = {
    architecture: architectures[architecture] ?? architecture,
    creation_date: epoch,
    properties: {
      architecture: architectures[architecture] ?? architecture,
      description: description || `${name} ${version}`,
      name: `${name}-${version}`,
      os: 'linux',
      release: version,
    },
  };
  return `${JSON.stringify(about, undefined, 2)}\n`;
}
