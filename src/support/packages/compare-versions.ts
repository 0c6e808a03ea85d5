/** The orders of versions in the three package systems: negative if `a` is older, 0 if equal. */
export type CompareVersions = (a: string, b: string) => number;

/** Debian policy 5.6.12: `[epoch:]upstream[-revision]`. */
export function compareDebian(a: string, b: string): number {
  const left = debianParts(a);
  const right = debianParts(b);
  return (
    left.epoch - right.epoch ||
    debianPart(left.upstream, right.upstream) ||
    debianPart(left.revision, right.revision)
  );
}

/** As rpm's `rpmvercmp` does it, on `[epoch:]version[-release]`; a missing release matches any. */
export function compareRpm(a: string, b: string): number {
  const left = debianParts(a);
  const right = debianParts(b);
  const byVersion = left.epoch - right.epoch || rpmPart(left.upstream, right.upstream);
  if (byVersion !== 0 || left.revision === '' || right.revision === '') return byVersion;
  return rpmPart(left.revision, right.revision);
}

/** Alpine: `1.2.3b_rc1-r4`; `_alpha`, `_beta`, `_pre` and `_rc` come before the plain version, others after. */
export function compareAlpine(a: string, b: string): number {
  const left = alpineTokens(a);
  const right = alpineTokens(b);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [rank, value] = left[i] ?? end;
    const [otherRank, otherValue] = right[i] ?? end;
    const order = rank - otherRank || value - otherValue;
    if (order !== 0) return order;
  }
  return 0;
}

function debianParts(version: string): {
  readonly epoch: number;
  readonly upstream: string;
  readonly revision: string;
} {
  const [, epoch = '0', rest = ''] = /^(?:(\d+):)?(.*)$/s.exec(version) ?? [];
  const dash = rest.lastIndexOf('-');
  return {
    epoch: Number(epoch),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? '' : rest.slice(dash + 1),
  };
}

/** Text and numbers in turn; in text `~` sorts before the end, and letters before all else. */
function debianPart(a: string, b: string): number {
  const left: string[] = a.match(/\d+|\D+/g) ?? [];
  const right: string[] = b.match(/\d+|\D+/g) ?? [];
  if (/^\d/.test(left[0] ?? '')) left.unshift('');
  if (/^\d/.test(right[0] ?? '')) right.unshift('');
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order =
      i % 2 === 0 ? debianText(left[i] ?? '', right[i] ?? '') : digits(left[i] ?? '0', right[i] ?? '0');
    if (order !== 0) return order;
  }
  return 0;
}

function debianText(a: string, b: string): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = debianWeight(a[i]) - debianWeight(b[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function debianWeight(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === '~') return -1;
  return character.charCodeAt(0) + (/[A-Za-z]/.test(character) ? 0 : 256);
}

function rpmPart(a: string, b: string): number {
  const left = a.match(/\d+|[A-Za-z]+|~|\^/g) ?? [];
  const right = b.match(/\d+|[A-Za-z]+|~|\^/g) ?? [];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = rpmSegment(left[i], right[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function rpmSegment(a: string | undefined, b: string | undefined): number {
  const rank = (segment: string | undefined) => {
    if (segment === '~') return -1;
    if (segment === undefined) return 0;
    if (segment === '^') return 1;
    return /^\d/.test(segment) ? 3 : 2;
  };
  if (rank(a) !== rank(b) || rank(a) < 2) return rank(a) - rank(b);
  if (rank(a) === 3) return digits(a ?? '', b ?? '');
  return a === b ? 0 : (a ?? '') < (b ?? '') ? -1 : 1;
}

/** From the oldest on: what may follow a version, by its rank. */
const ranks = [
  'alpha',
  'beta',
  'pre',
  'rc',
  'end',
  'revision',
  'cvs',
  'svn',
  'git',
  'hg',
  'p',
  'letter',
  'number',
];
const end: readonly [number, number] = [ranks.indexOf('end'), 0];

function alpineTokens(version: string): readonly (readonly [number, number])[] {
  return [...version.matchAll(/_([a-z]+)(\d*)|-r(\d+)|([a-z])|(\d+)/g)].map(
    ([, suffix, suffixNumber, revision, letter, number]) => {
      if (suffix !== undefined) return [ranks.indexOf(suffix), Number(suffixNumber || 0)];
      if (revision !== undefined) return [ranks.indexOf('revision'), Number(revision)];
      if (letter !== undefined) return [ranks.indexOf('letter'), letter.charCodeAt(0)];
      return [ranks.indexOf('number'), Number(number)];
    },
  );
}

/** Of any length: as numbers, without leaving what a double can hold. */
function digits(a: string, b: string): number {
  const left = a.replace(/^0+/, '');
  const right = b.replace(/^0+/, '');
  if (left.length !== right.length) return left.length - right.length;
  return left === right ? 0 : left < right ? -1 : 1;
}
