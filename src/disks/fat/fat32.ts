import { posix } from 'node:path';

/** Source: Microsoft's FAT32 File System Specification 1.03. One cluster is one sector, so that small volumes are FAT32. */
export interface FatVolume {
  /** Bytes, a multiple of 512; 34 MiB at least, for fewer clusters would not be FAT32. */
  readonly size: number;
  /** 11 characters at most. */
  readonly label: string;
  /** Volume serial number, 4 bytes. */
  readonly serial: Buffer;
  /** Path such as `EFI/BOOT/BOOTX64.EFI` -> content. Names are upper case 8.3; folders are made. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Seconds since 1970, for all time stamps. */
  readonly epoch: number;
}

const sector = 512;
const reserved = 32;
const firstCluster = 2;
const rootCluster = 2;
const endOfChain = 0x0fff_ffff;
export const leastFatSize = 34 * 1024 * 1024;

/** The start of the volume, as far as anything is in it; the rest is zeros. */
export function fat32({ size, label, serial, files, epoch }: FatVolume): Buffer {
  if (size < leastFatSize) throw new RangeError(`a FAT32 volume of ${size} bytes has too few clusters`);
  const sectors = size / sector;
  const fatSectors = Math.ceil(((sectors - reserved) * 4 + 8) / (sector + 8));
  const dataStart = reserved + 2 * fatSectors;
  const clusters = createClusters();
  const root = createFolder(clusters, { label, epoch, files });
  const image = Buffer.alloc((dataStart + clusters.count()) * sector);
  const head = bootSector({ sectors, fatSectors, label, serial });
  head.copy(image, 0);
  head.copy(image, 6 * sector);
  const free = sectors - dataStart - clusters.count();
  const info = infoSector(free, firstCluster + clusters.count());
  info.copy(image, sector);
  info.copy(image, 7 * sector);
  const table = clusters.table();
  table.copy(image, reserved * sector);
  table.copy(image, (reserved + fatSectors) * sector);
  for (const [cluster, bytes] of clusters.written()) {
    bytes.copy(image, (dataStart + cluster - firstCluster) * sector);
  }
  if (root !== rootCluster) throw new Error('the root folder is not in the first cluster');
  return image;
}

interface Clusters {
  /** Reserves a chain for as many bytes and returns its first cluster. */
  reserve(length: number): number;
  write(first: number, bytes: Buffer): void;
  count(): number;
  table(): Buffer;
  written(): ReadonlyMap<number, Buffer>;
}

/** Chains without gaps, one after the other. */
function createClusters(): Clusters {
  const next: number[] = [0x0fff_fff8, endOfChain];
  const written = new Map<number, Buffer>();
  return {
    reserve: (length) => {
      const first = next.length;
      const count = Math.max(1, Math.ceil(length / sector));
      for (let index = 1; index < count; index++) next.push(first + index);
      next.push(endOfChain);
      return first;
    },
    write: (first, bytes) => void written.set(first, bytes),
    count: () => next.length - firstCluster,
    table: () => {
      const bytes = Buffer.alloc(next.length * 4);
      for (const [index, value] of next.entries()) bytes.writeUInt32LE(value, index * 4);
      return bytes;
    },
    written: () => written,
  };
}

interface FolderContent {
  readonly label?: string;
  readonly epoch: number;
  readonly files: ReadonlyMap<string, Buffer>;
  readonly parent?: number;
}

/** Returns the folder's first cluster. */
function createFolder(clusters: Clusters, { label, epoch, files, parent }: FolderContent): number {
  const names = [...new Set([...files.keys()].map((path) => path.split('/')[0] ?? ''))].sort();
  const special = (label === undefined ? 0 : 1) + (parent === undefined ? 0 : 2);
  const own = clusters.reserve((names.length + special) * 32);
  const entries: Buffer[] = [];
  if (label !== undefined) entries.push(entry({ name: label.padEnd(11), attributes: 0x08, epoch }));
  if (parent !== undefined) {
    entries.push(entry({ name: '.'.padEnd(11), attributes: 0x10, epoch, cluster: own }));
    const above = parent === rootCluster ? 0 : parent;
    entries.push(entry({ name: '..'.padEnd(11), attributes: 0x10, epoch, cluster: above }));
  }
  for (const name of names) {
    const content = files.get(name);
    if (content) {
      const cluster = content.length === 0 ? 0 : clusters.reserve(content.length);
      if (cluster > 0) clusters.write(cluster, content);
      entries.push(entry({ name: shortName(name), attributes: 0x20, epoch, cluster, size: content.length }));
    } else {
      const below = [...files].filter(([path]) => path.startsWith(`${name}/`));
      const inner = new Map(below.map(([path, bytes]) => [path.slice(name.length + 1), bytes]));
      const cluster = createFolder(clusters, { epoch, files: inner, parent: own });
      entries.push(entry({ name: shortName(name), attributes: 0x10, epoch, cluster }));
    }
  }
  clusters.write(own, Buffer.concat(entries));
  return own;
}

interface Entry {
  readonly name: string;
  readonly attributes: number;
  readonly epoch: number;
  readonly cluster?: number;
  readonly size?: number;
}

function entry({ name, attributes, epoch, cluster = 0, size = 0 }: Entry): Buffer {
  const bytes = Buffer.alloc(32);
  const { date, time } = dosTime(epoch);
  bytes.write(name, 0, 11, 'latin1');
  bytes.writeUInt8(attributes, 11);
  bytes.writeUInt16LE(time, 14);
  bytes.writeUInt16LE(date, 16);
  bytes.writeUInt16LE(date, 18);
  bytes.writeUInt16LE(cluster >>> 16, 20);
  bytes.writeUInt16LE(time, 22);
  bytes.writeUInt16LE(date, 24);
  bytes.writeUInt16LE(cluster & 0xffff, 26);
  bytes.writeUInt32LE(size, 28);
  return bytes;
}

function shortName(name: string): string {
  const { name: stem, ext } = posix.parse(name);
  if (!/^[A-Z0-9_-]{1,8}$/.test(stem) || !/^(\.[A-Z0-9]{1,3})?$/.test(ext))
    throw new RangeError(`\`${name}\` is no upper-case 8.3 name`);
  return stem.padEnd(8) + ext.slice(1).padEnd(3);
}

/** In UTC, two seconds apart; the format begins with 1980. */
function dosTime(epoch: number): { readonly date: number; readonly time: number } {
  const then = new Date(Math.max(epoch, 315_532_800) * 1000);
  const date = ((then.getUTCFullYear() - 1980) << 9) | ((then.getUTCMonth() + 1) << 5) | then.getUTCDate();
  const time = (then.getUTCHours() << 11) | (then.getUTCMinutes() << 5) | (then.getUTCSeconds() >> 1);
  return { date, time };
}

interface Geometry {
  readonly sectors: number;
  readonly fatSectors: number;
  readonly label: string;
  readonly serial: Buffer;
}

function bootSector({ sectors, fatSectors, label, serial }: Geometry): Buffer {
  const bytes = Buffer.alloc(sector);
  bytes.set([0xeb, 0x58, 0x90], 0);
  bytes.write('GILD    ', 3, 'latin1');
  bytes.writeUInt16LE(sector, 11);
  bytes.writeUInt8(1, 13);
  bytes.writeUInt16LE(reserved, 14);
  bytes.writeUInt8(2, 16);
  bytes.writeUInt8(0xf8, 21);
  bytes.writeUInt16LE(63, 24);
  bytes.writeUInt16LE(255, 26);
  bytes.writeUInt32LE(sectors, 32);
  bytes.writeUInt32LE(fatSectors, 36);
  bytes.writeUInt32LE(rootCluster, 44);
  bytes.writeUInt16LE(1, 48);
  bytes.writeUInt16LE(6, 50);
  bytes.writeUInt8(0x80, 64);
  bytes.writeUInt8(0x29, 66);
  serial.copy(bytes, 67, 0, 4);
  bytes.write(label.padEnd(11), 71, 11, 'latin1');
  bytes.write('FAT32   ', 82, 'latin1');
  bytes.writeUInt16LE(0xaa55, 510);
  return bytes;
}

function infoSector(free: number, nextFree: number): Buffer {
  const bytes = Buffer.alloc(sector);
  bytes.writeUInt32LE(0x4161_5252, 0);
  bytes.writeUInt32LE(0x6141_7272, 484);
  bytes.writeUInt32LE(free, 488);
  bytes.writeUInt32LE(nextFree, 492);
  bytes.writeUInt16LE(0xaa55, 510);
  return bytes;
}
