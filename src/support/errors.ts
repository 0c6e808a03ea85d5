import type { SourcePosition } from '../model/position.ts';

/**
 * `user`: the recipe or the call is wrong (exit 2). `world`: something outside failed (exit 3).
 * `build`: a step or test of the image failed (exit 1). `cancelled`: exit 130. `bug`: ours (exit 70).
 */
export type ErrorKind = 'user' | 'world' | 'build' | 'cancelled' | 'bug';

export interface ErrorDetails {
  readonly code: ErrorCode;
  readonly message: string;
  /** What to do next, as a sentence. */
  readonly hint?: string;
  readonly at?: SourcePosition;
  /** The lines around `at` with a marker, ready to print. */
  readonly frame?: string;
  readonly cause?: unknown;
  /** Several problems found in one go: printed one by one instead of this error. */
  readonly problems?: readonly GildError[];
}

/** The only error that Gild throws on purpose. Anything else that surfaces is a bug. */
export class GildError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly at: SourcePosition | undefined;
  readonly frame: string | undefined;
  readonly problems: readonly GildError[];

  constructor(details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'GildError';
    this.code = details.code;
    this.hint = details.hint;
    this.at = details.at;
    this.frame = details.frame;
    this.problems = details.problems ?? [];
  }

  get kind(): ErrorKind {
    return errorCodes[this.code].kind;
  }
}

/** Each code with its kind and what it means; `docs/reference/errors.md` is made from this. */
export const errorCodes = {
  USAGE: { kind: 'user', means: 'The command line is wrong.' },
  RECIPE_NOT_FOUND: { kind: 'user', means: 'There is no recipe at that path.' },
  RECIPE_INVALID: { kind: 'user', means: 'The recipe is not valid; every problem is listed.' },
  VARIABLE_INVALID: { kind: 'user', means: 'A variable is missing, unknown, or of the wrong type.' },
  SECRET_MISSING: {
    kind: 'user',
    means: 'A secret that the recipe names has no value, or one too short to redact.',
  },
  COMPONENT_NOT_FOUND: {
    kind: 'user',
    means: 'No component of that name and version is in any folder searched.',
  },
  COMPONENT_INVALID: { kind: 'user', means: 'The component document is not valid; every problem is listed.' },
  PARAMETER_STORE_FAILED: {
    kind: 'world',
    means: 'A value for `{{ aws:ssm:... }}` could not be asked for: its file or AWS did not answer.',
  },
  PARAMETER_INVALID: { kind: 'user', means: 'A component parameter is missing or unknown.' },
  LOCK_INVALID: { kind: 'user', means: 'The lock file is not one of Gild, or says what cannot be.' },
  LOCK_MISFIT: {
    kind: 'user',
    means: 'A frozen build has no lock file, or one that does not fit the recipe.',
  },
  BASE_NOT_FOUND: { kind: 'user', means: 'The base does not exist where the recipe says.' },
  BASE_UNREACHABLE: { kind: 'world', means: 'The base could not be resolved or fetched.' },
  ARCHIVE_REFUSED: {
    kind: 'user',
    means: 'An archive holds something hostile or broken, or exceeds a limit.',
  },
  FILE_NOT_FOUND: {
    kind: 'user',
    means: 'A file that the recipe copies in does not exist or cannot be read.',
  },
  DISK_INVALID: { kind: 'user', means: 'A file is not the disk image that it should be.' },
  DISK_TOO_SMALL: { kind: 'user', means: 'What belongs onto a disk or a file system does not fit.' },
  MOUNT_POINT_INVALID: {
    kind: 'user',
    means: 'The tree cannot be divided into file systems as `disk.partitions` says.',
  },
  TEST_NEEDS_DISK: { kind: 'user', means: 'The test needs a disk output: a container cannot carry it out.' },
  IMAGE_NOT_FOUND: { kind: 'user', means: 'No image of that name and version is recorded.' },
  IMAGE_IN_USE: { kind: 'user', means: 'Another image was made from this one.' },
  RUN_NOT_FOUND: { kind: 'user', means: 'No run of that id is recorded.' },
  EXPORT_EXISTS: { kind: 'user', means: 'The export would overwrite something.' },
  HOST_TOOL_MISSING: { kind: 'world', means: 'A program that Gild needs is not installed on this host.' },
  HOST_UNSUPPORTED: { kind: 'world', means: 'This host lacks a kernel feature that Gild needs.' },
  DOWNLOAD_FAILED: { kind: 'world', means: 'A download failed after all attempts.' },
  DOWNLOAD_REFUSED: {
    kind: 'user',
    means: 'A download leads to a forbidden address, or its checksum differs.',
  },
  DOWNLOAD_CHANGED: { kind: 'build', means: 'A download is not what the lock file says.' },
  PACKAGES_NOT_HELD: {
    kind: 'build',
    means: 'A step cannot be repeated with the packages that the lock file has for it.',
  },
  S3_FAILED: { kind: 'world', means: 'An object storage refused a request, or could not be reached.' },
  STORE_DAMAGED: { kind: 'world', means: 'A stored blob or record does not match its digest.' },
  REMOTE_CACHE_FAILED: {
    kind: 'world',
    means: 'A cache of other hosts could not be read or written, or has something else than it should have.',
  },
  STORE_TOO_NEW: { kind: 'user', means: 'The store was written by a newer Gild than this one.' },
  STORE_UNAVAILABLE: { kind: 'world', means: 'The store cannot be opened: no permission, or it is locked.' },
  DISK_TOO_LARGE: { kind: 'user', means: 'The disk is larger than its format can hold.' },
  NO_SPACE: {
    kind: 'world',
    means: 'The disk that holds the store, or that something is exported to, is full.',
  },
  DISK_NOT_BOOTABLE: {
    kind: 'user',
    means: 'The tree has no kernel or no init, so its disk would not boot.',
  },
  NOT_SANITISED: { kind: 'build', means: 'Something that belongs to one machine is still in the image.' },
  BOOT_FAILED: { kind: 'build', means: 'A virtual machine did not come up from the disk image.' },
  MACHINE_UNREACHABLE: {
    kind: 'build',
    means: 'A virtual machine runs, but nothing in it lets a command be run.',
  },
  STEP_FAILED: { kind: 'build', means: 'A step of a component failed.' },
  TESTS_FAILED: { kind: 'build', means: 'The image was made but a test failed, so it is not published.' },
  SECRET_LEAKED: { kind: 'build', means: 'The value of a secret was found in the image.' },
  CANCELLED: { kind: 'cancelled', means: 'The run was cancelled.' },
  BUG: { kind: 'bug', means: 'Gild itself is wrong. Please report it.' },
} as const satisfies Record<string, { kind: ErrorKind; means: string }>;

export type ErrorCode = keyof typeof errorCodes;

export const exitCodes: Readonly<Record<ErrorKind, number>> = {
  build: 1,
  user: 2,
  world: 3,
  bug: 70,
  cancelled: 130,
};

/** Wraps whatever was thrown: a full disk and a cancellation keep their meaning, the rest is a bug. */
export function toGildError(thrown: unknown): GildError {
  if (thrown instanceof GildError) return thrown;
  const code = (thrown as { code?: unknown } | null)?.code;
  if (code === 'ABORT_ERR' || (thrown instanceof Error && thrown.name === 'AbortError')) {
    return new GildError({ code: 'CANCELLED', message: 'Cancelled.', cause: thrown });
  }
  if (isFullDisk(thrown)) return noSpace(undefined, thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new GildError({ code: 'BUG', message, cause: thrown });
}

/** What the system says of a full disk, or of a quota that is used up. */
export function isFullDisk(thrown: unknown): boolean {
  const code = (thrown as { code?: unknown } | null)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** `NO_SPACE` of the disk that holds the store. `why`: the end of a sentence. */
export function noSpace(why?: string, cause?: unknown): GildError {
  return new GildError({
    code: 'NO_SPACE',
    message: `There is no space left on the disk that holds the store${why === undefined ? '' : `: ${why}`}.`,
    hint: 'Make some with `gild cache prune` and `gild rm`, or point GILD_HOME at a larger disk.',
    cause,
  });
}
