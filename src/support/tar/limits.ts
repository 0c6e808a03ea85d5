/** What an archive from outside may cost at most. */
export interface ArchiveLimits {
  /** Those counted that are only implied; as many extended headers may stand before them. */
  readonly entries: number;
  /** Bytes of a path within the archive. */
  readonly pathBytes: number;
  /** Folders in each other. */
  readonly depth: number;
  /** Bytes of one extended header: extended attributes are in it. */
  readonly headerBytes: number;
  /** Bytes of the uncompressed archive. */
  readonly totalBytes: number;
  /** Uncompressed against compressed bytes, once `ratioFrom` uncompressed bytes have come. */
  readonly ratio: number;
  readonly ratioFrom: number;
  /** User and group ids below this; a user namespace has no more. */
  readonly owners: number;
}

export const defaultLimits: ArchiveLimits = {
  entries: 2_000_000,
  pathBytes: 4000,
  depth: 256,
  headerBytes: 1024 * 1024,
  totalBytes: 64 * 1024 ** 3,
  ratio: 200,
  ratioFrom: 64 * 1024 ** 2,
  owners: 65_536,
};
