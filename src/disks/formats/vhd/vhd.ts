import { z } from 'zod';
import type { DiskImage } from '../../types.ts';
import { blockRuns, dataBlocks } from '../blocks.ts';
import { appendDisk } from '../raw.ts';
import { refuseLarger } from '../size-limit.ts';
import type { DiskFormat, FormatFile, FormatSource } from '../types.ts';
import { dynamicHeader, dynamicHeaderSize, type Footer, sectorSize, vhdFooter } from './headers.ts';

const schema = z.strictObject({
  subformat: z
    .enum(['fixed', 'dynamic'])
    .default('fixed')
    .describe('`fixed` is what Azure takes; `dynamic` holds only what there is, for Hyper-V and Xen.'),
});

const blockSize = 2 * 1024 * 1024;
const bitmapSize = blockSize / sectorSize / 8;
const mebibyte = 1024 * 1024;
const largest = 2040 * 1024 ** 3;

export const vhd: DiskFormat = {
  name: 'vhd',
  summary: 'For Azure, Hyper-V, Xen',
  mediaType: 'application/x-vhd',
  schema,
  extension: () => 'vhd',
  async write(source, options, file) {
    const { subformat: type } = schema.parse(options);
    refuseLarger(source.disk, largest, 'vhd');
    const { seed, epoch } = source;
    const size = Math.ceil(source.disk.size / mebibyte) * mebibyte;
    const footer = { type, size, seed, epoch };
    if (type === 'fixed') await writeFixed(source, footer, file);
    else await writeDynamic(source, footer, file);
  },
};

async function writeFixed({ disk, signal }: FormatSource, footer: Footer, file: FormatFile): Promise<void> {
  await appendDisk(disk, file, signal);
  if (footer.size > disk.size) await file.skip(footer.size - disk.size);
  await file.append(vhdFooter(footer));
}

/** Footer, header, table, blocks with a bitmap before each, footer again. */
async function writeDynamic({ disk, signal }: FormatSource, footer: Footer, file: FormatFile): Promise<void> {
  const blocks = Math.ceil(footer.size / blockSize);
  const tableAt = sectorSize + dynamicHeaderSize;
  await file.append(vhdFooter(footer));
  await file.append(dynamicHeader(tableAt, blocks, blockSize));
  await file.append(blockTable(disk, blocks, tableAt));
  for await (const { bytes } of dataBlocks(disk, blockSize, signal)) {
    await file.append(Buffer.alloc(bitmapSize, 0xff));
    await file.append(bytes);
  }
  await file.append(vhdFooter(footer));
}

/** Of each block the sector of its bitmap; all ones for one that is not there. */
function blockTable(disk: DiskImage, blocks: number, tableAt: number): Buffer {
  const table = Buffer.alloc(Math.ceil((blocks * 4) / sectorSize) * sectorSize, 0xff);
  let sector = (tableAt + table.length) / sectorSize;
  for (const { first, end } of blockRuns(disk, blockSize)) {
    for (let index = first; index < end; index++) {
      table.writeUInt32BE(sector, index * 4);
      sector += (bitmapSize + blockSize) / sectorSize;
    }
  }
  return table;
}
