import { GildError } from '../support/errors.ts';

/** For a file system of a fixed size, in bytes. */
export function treeTooLarge(size: number, needed: number): GildError {
  const mebibytes = (bytes: number) => Math.ceil(bytes / 2 ** 20);
  return new GildError({
    code: 'DISK_TOO_SMALL',
    message: `The tree does not fit into a file system of ${mebibytes(size)} MiB: it needs ${mebibytes(needed)} MiB.`,
    hint: 'Give the disk a larger `size`, or leave it out: then the disk fits itself to the tree.',
  });
}
