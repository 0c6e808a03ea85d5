import { z } from 'zod';
import { refuseLarger } from '../size-limit.ts';
import type { DiskFormat } from '../types.ts';
import { writeMonolithicSparse } from './monolithic-sparse.ts';
import { sectorSize } from './sparse-header.ts';
import { writeStreamOptimized } from './stream-optimized.ts';

const schema = z.strictObject({
  subformat: z
    .enum(['streamOptimized', 'monolithicSparse'])
    .default('streamOptimized')
    .describe(
      '`streamOptimized` is compressed, for vSphere, ESXi and clouds; `monolithicSparse` starts at once in VMware ' +
        'Workstation, Fusion and VirtualBox.',
    ),
});

/** Of grains, whose sector numbers have 32 bits. */
const largest = 2 ** 31 * sectorSize;

export const vmdk: DiskFormat = {
  name: 'vmdk',
  summary: 'For VMware: vSphere, ESXi, Workstation, Fusion',
  mediaType: 'application/x-vmdk',
  schema,
  extension: () => 'vmdk',
  async write(source, options, file) {
    const { subformat } = schema.parse(options);
    refuseLarger(source.disk, largest, 'vmdk');
    if (subformat === 'streamOptimized') await writeStreamOptimized(source, file);
    else await writeMonolithicSparse(source, file);
  },
};
