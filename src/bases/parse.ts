import type { BaseSpec } from '../model/buildspec.ts';
import { nearest } from '../support/nearest.ts';
import { aliases, suites } from './debian/suites.ts';
import { type BaseOptions, invalid } from './options.ts';
import type { Base } from './types.ts';

/** Finds out which kind of base a reference means, and has that kind read it. Throws `RECIPE_INVALID`. */
export function parseReference(
  reference: string,
  directory: string,
  { bases, options }: { readonly bases: readonly Base[]; readonly options?: BaseOptions | undefined },
): BaseSpec {
  const { kind, rest } = splitKind(reference.trim(), bases);
  const base = bases.find((candidate) => candidate.kind === kind);
  if (!base) throw invalid(`"${reference}" is not a base that this Gild knows.`, forms);
  return { kind, reference: reference.trim(), options: base.parse(rest, directory, options) };
}

const forms =
  'A base is debian:bookworm, docker.io/library/alpine:3.20, oci:./folder, docker-archive:./file.tar, ' +
  'rootfs:./tree.tar, image:name@1.x.x, or scratch.';

function splitKind(
  reference: string,
  bases: readonly Base[],
): { readonly kind: string; readonly rest: string } {
  if (reference === '') throw invalid('The base is empty.', forms);
  if (/[\s\0]/.test(reference))
    throw invalid(`The base ${JSON.stringify(reference)} has white space in it.`, forms);
  if (reference === 'scratch') return { kind: 'scratch', rest: '' };
  const [, prefix, rest = ''] = /^([^:/]*):(.*)$/.exec(reference) ?? [];
  if (prefix !== undefined && bases.some(({ kind }) => kind === prefix)) return { kind: prefix, rest };
  if (/^\.{0,2}\//.test(reference)) return { kind: 'rootfs', rest: requireTar(reference) };
  if (prefix !== undefined && rest.startsWith('//')) throw transport(reference, prefix, rest);
  if (prefix !== undefined && /^[./~]/.test(rest)) throw unknownPrefix(reference, prefix, rest, bases);
  if (reference.includes('/')) return { kind: 'registry', rest: reference };
  throw bareName(reference, prefix, rest, bases);
}

function requireTar(path: string): string {
  if (/\.(?:tar(?:\.\w+)?|tgz|tzst|txz)$/.test(path)) return path;
  throw invalid(
    `The base "${path}" is a path, but not that of a tar.`,
    `Write oci:${path} for an OCI layout, rootfs:${path} for a root file system in one file.`,
  );
}

function transport(reference: string, prefix: string, rest: string): Error {
  if (prefix === 'docker')
    return invalid(`The base "${reference}" begins with docker://.`, `Write ${rest.slice(2)}`);
  return invalid(`Gild does not read a base from ${prefix}://.`, forms);
}

function unknownPrefix(reference: string, prefix: string, rest: string, bases: readonly Base[]): Error {
  const meant = nearest(
    prefix,
    bases.map(({ kind }) => kind),
  );
  return invalid(
    `The base "${reference}" begins with "${prefix}:", which is no kind of base.`,
    meant === undefined ? forms : `Did you mean ${meant}:${rest}?`,
  );
}

/** A name without a slash: a Debian suite, a mistyped kind, or what Docker takes from its Hub. */
function bareName(
  reference: string,
  prefix: string | undefined,
  rest: string,
  bases: readonly Base[],
): Error {
  const name = prefix ?? reference;
  if (prefix === undefined && [...suites.map(({ codename }) => codename), ...aliases].includes(name)) {
    return invalid(`The base "${reference}" does not say what kind it is.`, `Write debian:${name}`);
  }
  const kinds = bases.map(({ kind }) => kind);
  if (prefix === undefined && kinds.includes(name))
    return invalid(`The base "${reference}" needs something behind it.`, forms);
  const meant = nearest(name, kinds);
  if (meant !== undefined && !hubNames.has(name)) {
    const better = meant === 'scratch' ? meant : `${meant}:${rest || '...'}`;
    return unknownPrefixFor(reference, name, better);
  }
  return invalid(
    `The base "${reference}" does not say where it is.`,
    `If you mean the image on Docker Hub, write docker.io/library/${reference}`,
  );
}

function unknownPrefixFor(reference: string, name: string, better: string): Error {
  return invalid(
    `There is no kind of base "${name}" (in "${reference}").`,
    `Did you mean ${better}? Or, on Docker Hub: docker.io/library/${reference}`,
  );
}

/** Near enough to one of our kinds to be mistaken for a slip. */
const hubNames = new Set(['perl', 'nats', 'node', 'rust', 'ros', 'odoo', 'mono', 'magento']);
