import { crc32c } from '../tree/crc32c.ts';
import { type Item, itemTypes, key, sectorSize } from './format.ts';

const perItem = 4000;
/** What all checksums of data belong to. */
const objectId = -10n;

/** A checksum for each sector of data, in the order in which they come to lie on the device. */
export interface Checksums {
  /** Whole sectors that begin at `address`. */
  add(address: number, sectors: Buffer): void;
  items(): Iterable<Item>;
}

interface Run {
  readonly address: number;
  readonly sums: Buffer;
  count: number;
}

export function createChecksums(): Checksums {
  const runs: Run[] = [];
  return {
    add(address, sectors) {
      for (let at = 0; at < sectors.length; at += sectorSize) {
        let run = runs[runs.length - 1];
        const adjoins = run && run.address + run.count * sectorSize === address + at;
        if (!run || !adjoins || run.count === perItem) {
          run = { address: address + at, sums: Buffer.allocUnsafe(perItem * 4), count: 0 };
          runs.push(run);
        }
        const sum = (crc32c(0xffff_ffff, sectors, at, at + sectorSize) ^ 0xffff_ffff) >>> 0;
        run.sums.writeUInt32LE(sum, run.count++ * 4);
      }
    },
    *items() {
      for (const { address, sums, count } of runs) {
        yield { key: key(objectId, itemTypes.checksums, address), data: sums.subarray(0, count * 4) };
      }
    },
  };
}
