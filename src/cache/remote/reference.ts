import { GildError } from '../../support/errors.ts';
import { nearest } from '../../support/nearest.ts';
import { placeKinds } from './index.ts';
import { flag } from './setting.ts';
import type { Signer, TrustedKeys } from './signature.ts';
import type { Place, PlaceKind } from './types.ts';

/** A place to read from. */
export interface CacheSource {
  readonly place: Place;
  /** What goes wrong with it is a warning, and not the end of the build. */
  readonly forgiving: boolean;
  /** Whose results are used; everybody's when absent. */
  readonly trusted?: TrustedKeys | undefined;
}

/** A place to write to. */
export interface CacheTarget extends Omit<CacheSource, 'trusted'> {
  /** `min`: what the image is made of. `max`: also what only stands between. */
  readonly mode: 'min' | 'max';
  /** Vouches for what was made here. */
  readonly signer?: Signer | undefined;
}

/** Reads `type=registry,ref=ghcr.io/me/cache`, or short `ghcr.io/me/cache` or `./folder`. Throws `USAGE`. */
export function parseCacheSource(text: string): CacheSource {
  const { place, settings } = parse(text, 'from');
  return { place, forgiving: flag(settings, 'ignore-error', true) };
}

/** The same with `mode=max`. Throws `USAGE`. */
export function parseCacheTarget(text: string): CacheTarget {
  const { place, settings } = parse(text, 'to');
  const mode = settings.get('mode') ?? 'min';
  if (mode !== 'min' && mode !== 'max') throw usage(text, `its mode is min or max, not "${mode}"`);
  return { place, mode, forgiving: flag(settings, 'ignore-error', true) };
}

type Direction = 'from' | 'to';

const common: Readonly<Record<Direction, readonly string[]>> = {
  from: ['type', 'ignore-error'],
  to: ['type', 'ignore-error', 'mode'],
};

function parse(
  text: string,
  direction: Direction,
): { readonly place: Place; readonly settings: ReadonlyMap<string, string> } {
  const [first = '', ...rest] = text.split(',');
  const settings = settingsOf(
    isPair(first) ? [first, ...rest] : [...longFormOf(first, direction), ...rest],
    text,
  );
  const kind = kindOf(settings.get('type'), text);
  const known = [...common[direction], ...kind.settings[direction]];
  for (const name of settings.keys()) if (!known.includes(name)) throw unknown(name, known, text);
  const [mainSetting = ''] = kind.settings[direction];
  const where = settings.get(mainSetting);
  if (!where) throw usage(text, `\`${mainSetting}=\` says where it is`);
  return { place: kind.open(where, settings), settings };
}

function isPair(item: string): boolean {
  return /^[a-z-]+=/.test(item);
}

/** A path begins with `/` or `.`; everything else is in a registry. */
function longFormOf(where: string, direction: Direction): readonly string[] {
  const type = /^[/.]/.test(where) ? 'local' : 'registry';
  const kind = placeKinds.find((candidate) => candidate.type === type);
  return [`type=${type}`, `${kind?.settings[direction][0]}=${where}`];
}

function settingsOf(items: readonly string[], text: string): Map<string, string> {
  const settings = new Map<string, string>();
  for (const item of items) {
    if (!isPair(item)) throw usage(text, `"${item}" is not written as name=value`);
    const end = item.indexOf('=');
    settings.set(item.slice(0, end), item.slice(end + 1));
  }
  return settings;
}

function kindOf(type: string | undefined, text: string): PlaceKind {
  const kind = placeKinds.find((candidate) => candidate.type === type);
  if (kind) return kind;
  throw usage(text, `its type is ${placeKinds.map((known) => known.type).join(' or ')}`);
}

function unknown(name: string, known: readonly string[], text: string): GildError {
  const meant = nearest(name, known);
  const hint = meant === undefined ? `It has ${known.join(', ')}.` : `Did you mean \`${meant}\`?`;
  return new GildError({ code: 'USAGE', message: `The cache "${text}" has no setting \`${name}\`.`, hint });
}

function usage(text: string, why: string): GildError {
  return new GildError({
    code: 'USAGE',
    message: `The cache "${text}" cannot be read: ${why}.`,
    hint: 'Write ghcr.io/me/cache, ./folder, type=registry,ref=... or type=local,src=... (dest=... to write).',
  });
}
