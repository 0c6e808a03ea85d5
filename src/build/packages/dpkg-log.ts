import type { Package } from '../../model/image.ts';
import type { BuildMachine, Machine } from '../../platforms/types.ts';
import { collect } from '../../support/collect.ts';
import { GildError } from '../../support/errors.ts';
import { parseDpkgLog } from '../../support/packages/dpkg-log.ts';

/** From now on: returns what asks for all that dpkg has unpacked since. A log that is too long to be one is as none. */
export async function watchDpkg(machine: BuildMachine): Promise<() => Promise<readonly Package[]>> {
  const before = (await machine.mayHave(path)) ? await read(machine) : '';
  return async () => {
    const now = await read(machine);
    return parseDpkgLog(now.startsWith(before) ? now.slice(before.length) : now);
  };
}

async function read(machine: Machine): Promise<string> {
  try {
    const bytes = await collect(await machine.get(`/${path}`), longest);
    return bytes?.toString() ?? '';
  } catch (error) {
    if (error instanceof GildError && error.code === 'FILE_NOT_FOUND') return '';
    throw error;
  }
}

/** No layer that Gild makes has it; a base from elsewhere may. */
const path = 'var/log/dpkg.log';

/** 100,000 packages. */
const longest = 64 * 1024 * 1024;
