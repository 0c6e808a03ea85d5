/** A package manager of Linux: how `UpdateOS` speaks to it. */
export interface PackageManager {
  /** The program. */
  readonly name: string;
  /** `ID` or `ID_LIKE` of the systems whose own it is, where several are installed. */
  readonly families: readonly string[];
  /**
   * Shell text, under `set -e`, that brings up to date: everything, or what `names` (installed if it is missing) and
   * `patterns` (installed packages only) say; never what `exclude` says. Ends with status 121 where the machine must
   * restart.
   */
  update(what: Update): string;
}

export interface Update {
  readonly names: readonly string[];
  /** With `*`. */
  readonly patterns: readonly string[];
  /** Names and patterns. */
  readonly exclude: readonly string[];
}

export const restartStatus = 121;

export function isEverything({ names, patterns }: Update): boolean {
  return names.length === 0 && patterns.length === 0;
}
