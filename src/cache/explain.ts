import type { Preimage } from './types.ts';

/** The first field in which two preimages differ, in words: `parameters.port: 80 -> 8080`. Undefined if none does. */
export function firstDifference(before: Preimage, now: Preimage): string | undefined {
  return allDifferences(before, now)[0];
}

export function allDifferences(before: Preimage, now: Preimage): readonly string[] {
  return differences(before, now).map(inWords);
}

/** How many fields differ: of several earlier preimages, the nearest tells best what changed. */
export function distance(before: Preimage, now: Preimage): number {
  return differences(before, now).length;
}

interface Difference {
  readonly path: readonly string[];
  readonly before: unknown;
  readonly now: unknown;
}

function differences(before: unknown, now: unknown, path: readonly string[] = []): Difference[] {
  if (!isBranch(before) || !isBranch(now) || Array.isArray(before) !== Array.isArray(now)) {
    return Object.is(before, now) || JSON.stringify(before) === JSON.stringify(now)
      ? []
      : [{ path, before, now }];
  }
  const [left, right] = [branches(before), branches(now)];
  const names = [...new Set([...right.keys(), ...left.keys()])];
  return names.flatMap((name) => differences(left.get(name), right.get(name), [...path, name]));
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Items of a list go by what people call them, if they have a name. */
function branches(value: object): Map<string, unknown> {
  if (!Array.isArray(value)) return new Map(Object.entries(value).filter(([, inner]) => inner !== undefined));
  return new Map(value.map((item, index) => [labelOf(item) ?? String(index), item]));
}

function labelOf(item: unknown): string | undefined {
  const { to, name } = (isBranch(item) ? item : {}) as { to?: unknown; name?: unknown };
  return [to, name].find((label) => typeof label === 'string');
}

function inWords({ path, before, now }: Difference): string {
  if (path.length === 1 && path[0] === 'tree') return 'what it stands on changed';
  if (path[0] === 'files' && path.at(-1) === 'digest') return `files ${path[1]}: its content changed`;
  if (path[0] === 'base' && path.at(-1) === 'digest') return 'the base has other content';
  if (path[0] === 'facts') return 'what it takes from outside changed in the lock';
  if (path[0] === 'implementation') return `this Gild does ${path.slice(1).join(' ')} in another way`;
  const name = (path[0] === 'document' ? path.filter((part) => !folding.has(part)) : path).join('.');
  if (before === undefined) return `${name}: now ${shown(now)}`;
  if (now === undefined) return `${name}: no longer ${shown(before)}`;
  return `${name}: ${changed(String(valueText(before)), String(valueText(now)))}`;
}

/** Words of a document's form that say nothing of the place: `build.Install.inputs` is enough. */
const folding: ReadonlySet<string> = new Set(['document', 'phases', 'steps']);

const longest = 60;

function shown(value: unknown): string {
  return shorten(valueText(value), 0);
}

/** Of two long texts, the part around the first character that differs. */
function changed(before: string, now: string): string {
  let same = 0;
  while (same < Math.min(before.length, now.length) && before[same] === now[same]) same++;
  const from = before.length > longest || now.length > longest ? Math.max(0, same - 20) : 0;
  return `${shorten(before, from)} -> ${shorten(now, from)}`;
}

function shorten(text: string, from: number): string {
  const oneLine = text
    .slice(from)
    .replace(/\s*\n\s*/g, ' ')
    .trim();
  const cut = oneLine.length > longest ? `${oneLine.slice(0, longest - 3)}...` : oneLine;
  return `${from > 0 ? '...' : ''}${cut}`;
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value || '""' : JSON.stringify(value);
}
