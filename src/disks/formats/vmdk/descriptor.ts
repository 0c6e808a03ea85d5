import { derivedBytes, derivedUuid } from '../../identifiers.ts';
import type { FormatSource } from '../types.ts';
import { descriptorSectors, sectorSize } from './sparse-header.ts';

export type Subformat = 'streamOptimized' | 'monolithicSparse';

const heads = 255;
const sectorsPerTrack = 63;

/** The text that VMware reads first, padded to the room that the header gives it. */
export function vmdkDescriptor(
  { disk, seed, stem }: Pick<FormatSource, 'disk' | 'seed' | 'stem'>,
  subformat: Subformat,
): Buffer {
  const sectors = disk.size / sectorSize;
  const access = subformat === 'streamOptimized' ? 'RDONLY' : 'RW';
  const lines = [
    '# Disk DescriptorFile',
    'version=1',
    `CID=${contentId(seed)}`,
    'parentCID=ffffffff',
    `createType="${subformat}"`,
    '',
    '# Extent description',
    `${access} ${sectors} SPARSE "${stem}.vmdk"`,
    '',
    '# The Disk Data Base',
    '#DDB',
    '',
    'ddb.adapterType = "lsilogic"',
    `ddb.geometry.cylinders = "${Math.min(65_535, Math.floor(sectors / (heads * sectorsPerTrack)))}"`,
    `ddb.geometry.heads = "${heads}"`,
    `ddb.geometry.sectors = "${sectorsPerTrack}"`,
    `ddb.uuid = "${uuid(seed)}"`,
    'ddb.virtualHWVersion = "13"',
    '',
  ];
  const text = Buffer.from(lines.join('\n'));
  return Buffer.concat([text], descriptorSectors * sectorSize);
}

/** Neither all ones nor its neighbour: they mean that there is no disk. */
function contentId(seed: string): string {
  return (derivedBytes(seed, 'vmdk', 4).readUInt32BE() & 0x7fff_ffff).toString(16).padStart(8, '0');
}

/** `60 00 c2 91 ... -...`: sixteen bytes, as VMware writes them. */
function uuid(seed: string): string {
  const bytes = [...derivedUuid(seed, 'vmdk disk')].map((byte) => byte.toString(16).padStart(2, '0'));
  return `${bytes.slice(0, 8).join(' ')}-${bytes.slice(8).join(' ')}`;
}
