import { nearest } from '../../support/nearest.ts';
import { type BaseOptions, invalid, onlyKnown } from '../options.ts';
import { aliases, findSuite, suites } from './suites.ts';

export interface DebianOptions {
  /** A code name or an alias. */
  readonly suite: string;
  readonly variant: string;
  /** Packages beyond the variant's, sorted. */
  readonly include: readonly string[];
  readonly mirror: string;
  readonly securityMirror: string;
  /** False for snapshots of the archive, whose lists are past their date by intention. */
  readonly checkValidUntil: boolean;
}

/** Throws `RECIPE_INVALID`. Mirrors come from the options, else from the environment, else they are Debian's own. */
export function readDebianOptions(
  reference: string,
  options: BaseOptions,
  environment = process.env,
): DebianOptions {
  onlyKnown(options, ['variant', 'include', 'mirror', 'securityMirror', 'checkValidUntil'], 'debian');
  const { variant = 'minbase', include = [], checkValidUntil = true } = options;
  if (typeof variant !== 'string' || !variants.includes(variant)) {
    throw invalid(
      `There is no variant ${JSON.stringify(variant)} of a debian base.`,
      `There are: ${variants.join(', ')}.`,
    );
  }
  if (
    !Array.isArray(include) ||
    !include.every((name) => typeof name === 'string' && packageName.test(name))
  ) {
    throw invalid(
      'The option "include" of a debian base is a list of package names.',
      'For example: [ca-certificates, curl]',
    );
  }
  if (typeof checkValidUntil !== 'boolean')
    throw invalid('The option "checkValidUntil" of a debian base is true or false.');
  return {
    suite: readSuite(reference),
    variant,
    include: [...new Set(include as string[])].sort(),
    mirror: readMirror(options.mirror ?? environment.GILD_DEBIAN_MIRROR ?? 'http://deb.debian.org/debian'),
    securityMirror: readMirror(
      options.securityMirror ??
        environment.GILD_DEBIAN_SECURITY_MIRROR ??
        'http://deb.debian.org/debian-security',
    ),
    checkValidUntil,
  };
}

const variants = ['essential', 'apt', 'minbase', 'buildd', 'important', 'standard'];
const packageName = /^[a-z0-9][a-z0-9+.-]+$/;

function readSuite(name: string): string {
  if (findSuite(name) || aliases.includes(name)) return name;
  const [stem = '', flavour] = name.split('-');
  const byNumber = suites.find(({ number }) => number === stem.split('.')[0])?.codename;
  const known = [...suites.map(({ codename }) => codename), ...aliases];
  const meant = byNumber ?? (known.includes(stem) ? stem : nearest(name, known));
  const also =
    flavour === 'slim' ? ` Gild's is small already; Docker's own is docker.io/library/debian:${name}.` : '';
  const did = meant === undefined ? '' : `Did you mean debian:${meant}?${also} `;
  throw invalid(`There is no Debian suite "${name}".`, `${did}Known are: ${known.join(', ')}.`);
}

function readMirror(value: unknown): string {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  const fine =
    url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
  if (!fine) {
    throw invalid(
      `${JSON.stringify(value)} is not the address of a Debian mirror.`,
      'It is written like http://deb.debian.org/debian, without user and password.',
    );
  }
  return url.href.replace(/\/+$/, '');
}
