import type { TarSink } from '../support/tar/entry.ts';
import { leastFatSize } from './fat/fat32.ts';

/** Path on the EFI system partition, upper case 8.3 -> content. */
export type EspFiles = ReadonlyMap<string, Buffer>;

/** The folder of a disk's tree that is laid on the EFI system partition, and not on the root file system. */
export const espFolder = '.gild-esp';

const mebibyte = 2 ** 20;
const ordinarySize = 64 * mebibyte;
/** For file tables, and for whoever puts something beside the files. */
const spare = 16 * mebibyte;

/** What a layer has in `espFolder`; `read` hands its entries over. */
export async function readEspFiles(read: (sink: Omit<TarSink, 'end'>) => Promise<void>): Promise<EspFiles> {
  const files = new Map<string, Buffer[]>();
  let current: Buffer[] | undefined;
  await read({
    entry: ({ path, type }) => {
      current = type === 'file' && isOfEsp(path) ? [] : undefined;
      if (current) files.set(path.slice(espFolder.length + 1), current);
    },
    data: (bytes) => void current?.push(Buffer.from(bytes)),
  });
  return new Map([...files].map(([path, chunks]) => [path, Buffer.concat(chunks)]));
}

/** Leaves `espFolder` out. */
export function withoutEsp(out: TarSink): TarSink {
  let skipped = false;
  return {
    entry(entry) {
      skipped = isOfEsp(entry.path);
      if (!skipped) out.entry(entry);
    },
    data(bytes) {
      if (!skipped) out.data(bytes);
    },
    end: () => out.end(),
  };
}

/** Bytes of a partition for those files, in whole mebibytes. */
export function espSize(files: EspFiles): number {
  const content = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  const size = Math.ceil((content + spare) / mebibyte) * mebibyte;
  return Math.max(ordinarySize, leastFatSize, size);
}

function isOfEsp(path: string): boolean {
  return path === espFolder || path.startsWith(`${espFolder}/`);
}
