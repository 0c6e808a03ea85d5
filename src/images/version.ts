import { GildError } from '../support/errors.ts';

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** `x` is undefined: any number. */
export interface VersionPattern {
  readonly major: number | undefined;
  readonly minor: number | undefined;
  readonly patch: number | undefined;
}

/** Reads `1.2.3`; undefined if it is anything else. */
export function parseVersion(text: string): Version | undefined {
  const pattern = parsePattern(text);
  if (pattern?.major === undefined || pattern.minor === undefined || pattern.patch === undefined)
    return undefined;
  return { major: pattern.major, minor: pattern.minor, patch: pattern.patch };
}

/** Reads `1.2.3`, `x` in any place, or `latest`; undefined if it is anything else. */
export function parsePattern(text: string): VersionPattern | undefined {
  const match = /^(0|[1-9]\d{0,8}|x)\.(0|[1-9]\d{0,8}|x)\.(0|[1-9]\d{0,8}|x)$/.exec(
    text === 'latest' ? 'x.x.x' : text,
  );
  if (!match) return undefined;
  const [major, minor, patch] = match.slice(1).map((part) => (part === 'x' ? undefined : Number(part)));
  return { major, minor, patch };
}

/** As `parsePattern`, for what a person wrote. Throws `USAGE`. */
export function requirePattern(text: string): VersionPattern {
  const pattern = parsePattern(text);
  if (pattern) return pattern;
  throw new GildError({
    code: 'USAGE',
    message: `\`${text}\` is not a version.`,
    hint: 'A version is three numbers like `1.2.3`; `x` stands for any number; `latest` is the newest.',
  });
}

export function formatVersion({ major, minor, patch }: Version): string {
  return `${major}.${minor}.${patch}`;
}

/** Negative if `a` is older. */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

export function matches(pattern: VersionPattern, version: Version): boolean {
  return places.every((place) => pattern[place] === undefined || pattern[place] === version[place]);
}

/**
 * The version after `newest`, which is the newest one that matches: its number at the pattern's last `x` goes up
 * by one. The first of a pattern has 0 for every `x`, but is never `0.0.0`.
 */
export function following(pattern: VersionPattern, newest: Version | undefined): Version {
  const free = places.findLast((place) => pattern[place] === undefined);
  if (free && newest) return { ...newest, [free]: newest[free] + 1 };
  const first = { major: pattern.major ?? 0, minor: pattern.minor ?? 0, patch: pattern.patch ?? 0 };
  return free && compareVersions(first, zero) === 0 ? { ...first, [free]: 1 } : first;
}

const places = ['major', 'minor', 'patch'] as const;
const zero: Version = { major: 0, minor: 0, patch: 0 };
