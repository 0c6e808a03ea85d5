import type { Machine } from '../../platforms/types.ts';
import { GildError } from '../../support/errors.ts';
import { readMachineFile } from './machine-file.ts';

/** A file of the tree that its disk boots with, under one of the names that distributions give it. */
export interface WantedFile {
  readonly what: string;
  readonly paths: readonly string[];
  /** On Debian and Ubuntu. */
  readonly package: string;
  /** Of `bootable-linux`: installs the package. */
  readonly parameter: string;
}

/** Bytes; more is no program and no initramfs. */
export const largestFile = 512 * 2 ** 20;

/** Throws `DISK_NOT_BOOTABLE` if it is not there. */
export async function readWanted(machine: Machine, wanted: WantedFile): Promise<Buffer> {
  for (const path of wanted.paths) {
    try {
      return await readMachineFile(machine, path, largestFile);
    } catch (error) {
      if (!(error instanceof GildError && error.code === 'FILE_NOT_FOUND')) throw error;
    }
  }
  throw new GildError({
    code: 'DISK_NOT_BOOTABLE',
    message: `A disk of this image would not boot as the recipe asks: it has no ${wanted.what}, ${wanted.paths[0]}.`,
    hint: `Install the package \`${wanted.package}\`; the component \`bootable-linux\` does with \`${wanted.parameter}: "yes"\`.`,
  });
}
