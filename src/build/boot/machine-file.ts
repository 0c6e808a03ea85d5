import type { Machine } from '../../platforms/types.ts';
import { collect } from '../../support/collect.ts';
import { GildError } from '../../support/errors.ts';

/** A whole file of a machine. Throws `FILE_NOT_FOUND`; `ARCHIVE_REFUSED` beyond `limit` bytes. */
export async function readMachineFile(machine: Machine, path: string, limit: number): Promise<Buffer> {
  const bytes = await collect(await machine.get(path), limit);
  if (bytes) return bytes;
  const message = `${path} of the image has more than ${limit} bytes.`;
  throw new GildError({ code: 'ARCHIVE_REFUSED', message });
}
