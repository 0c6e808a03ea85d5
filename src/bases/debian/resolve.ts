import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaseSpec } from '../../model/buildspec.ts';
import type { Digest } from '../../model/digest.ts';
import type { LockedBase } from '../../model/lock.ts';
import { allOf } from '../../support/all-of.ts';
import { digestOf, sha256 } from '../../support/canonical.ts';
import { GildError } from '../../support/errors.ts';
import { writeAtomically } from '../../support/files.ts';
import { isDigest } from '../../support/registry/reference.ts';
import { unusable } from '../container/manifest.ts';
import { invalidPin, movedOn } from '../options.ts';
import type { BaseContext } from '../types.ts';
import { download } from './download.ts';
import type { DebianOptions } from './options.ts';
import { type Release, requireFresh, verifyRelease } from './release.ts';
import { findSuite } from './suites.ts';

/** Exactly what mmdebstrap is to make, from exactly these lists. */
export interface DebianPin extends DebianOptions {
  readonly architecture: string;
  readonly lists: readonly PinnedList[];
}

/** One line of sources.list. */
export interface PinnedList {
  /** `bookworm-updates` */
  readonly suite: string;
  readonly mirror: string;
  /** Of its `InRelease`. */
  readonly digest: Digest;
}

export async function resolveDebian(spec: BaseSpec, context: BaseContext): Promise<LockedBase> {
  const options = spec.options as unknown as DebianOptions;
  const first = await readList(options.suite, options.mirror, spec, context);
  const codename = first.release.codename;
  const suite = findSuite(codename);
  if (!suite || (options.suite !== codename && options.suite !== first.release.suite)) {
    throw unusable(
      spec.reference,
      `the list of ${options.suite} that the mirror has is that of "${codename}"`,
    );
  }
  const others = suite.hasUpdates
    ? [
        readList(`${codename}-updates`, options.mirror, spec, context),
        readList(`${codename}-security`, options.securityMirror, spec, context),
      ]
    : [];
  const lists = [{ ...first, suite: codename }, ...(await allOf(others))];
  return lockLists(codename, lists, spec, context);
}

/** From the lists that this host has kept, else from the mirror if it has not moved on. */
export async function restoreDebian(
  spec: BaseSpec,
  pin: Readonly<Record<string, unknown>>,
  context: BaseContext,
): Promise<LockedBase> {
  const { mirror, securityMirror } = spec.options as unknown as DebianOptions;
  const { suite, lists = {} } = pin as { suite?: unknown; lists?: object };
  if (typeof suite !== 'string' || !findSuite(suite)) throw invalidPin(spec);
  const wanted = [suite, ...(findSuite(suite)?.hasUpdates ? [`${suite}-updates`, `${suite}-security`] : [])];
  const digests = new Map<string, unknown>(Object.entries(lists));
  if (digests.size !== wanted.length) throw invalidPin(spec);
  const restored = wanted.map(async (name) => {
    const digest = digests.get(name);
    if (typeof digest !== 'string' || !isDigest(digest)) throw invalidPin(spec);
    const from = name.endsWith('-security') ? securityMirror : mirror;
    return {
      suite: name,
      mirror: from,
      release: await restoreList({ suite: name, mirror: from, digest }, spec, context),
    };
  });
  return lockLists(suite, await allOf(restored), spec, context);
}

async function restoreList(
  list: PinnedList,
  spec: BaseSpec,
  { host, signal }: BaseContext,
): Promise<Release> {
  const url = `${list.mirror}/dists/${list.suite}/InRelease`;
  const path = keptList(host.home, list.digest);
  const kept = await readFile(path).catch(() => undefined);
  const isKept = kept !== undefined && sha256(kept) === list.digest;
  const bytes = isKept ? kept : await download(url, { limit: listLimit, signal });
  if (!bytes || sha256(bytes) !== list.digest)
    throw movedOn(
      spec,
      `the archive's list of ${list.suite} has changed since, and this host has not kept it`,
    );
  const release = await verifyRelease(bytes, url, signal);
  if (!isKept) await writeAtomically(path, bytes);
  return release;
}

function lockLists(
  codename: string,
  lists: readonly List[],
  spec: BaseSpec,
  context: BaseContext,
): LockedBase {
  for (const { suite, release } of lists) checkList(suite, release, spec, context);
  const { architecture } = context;
  const pin: DebianPin = {
    ...(spec.options as unknown as DebianOptions),
    suite: codename,
    architecture,
    lists: lists.map(({ suite, mirror, release }) => ({ suite, mirror, digest: release.digest })),
  };
  return {
    kind: 'debian',
    reference: spec.reference,
    digest: digestOf('base.debian', { ...pin, recipe: bootstrapVersion }),
    epoch: Math.max(...lists.map(({ release }) => release.date)),
    pin: { ...pin },
  };
}

/** Raised when the same lists would be made into another tree than before. */
const bootstrapVersion = 1;

export function keptList(home: string, digest: Digest): string {
  return join(home, 'cache', 'apt', 'lists', digest.slice('sha256:'.length));
}

interface List {
  readonly suite: string;
  readonly mirror: string;
  readonly release: Release;
}

async function readList(suite: string, mirror: string, spec: BaseSpec, context: BaseContext): Promise<List> {
  const url = `${mirror}/dists/${suite}/InRelease`;
  const bytes = await download(url, { limit: listLimit, signal: context.signal });
  if (!bytes) throw missing(suite, url, spec);
  const release = await verifyRelease(bytes, url, context.signal);
  const { checkValidUntil } = spec.options as unknown as DebianOptions;
  if (checkValidUntil) requireFresh(release, url);
  await writeAtomically(keptList(context.host.home, release.digest), bytes);
  return { suite, mirror, release };
}

/** Bytes; the longest today has 200 kB. */
export const listLimit = 16 * 1024 * 1024;

function checkList(
  suite: string,
  { codename, architectures }: Release,
  spec: BaseSpec,
  { architecture }: BaseContext,
): void {
  if (codename !== suite)
    throw unusable(spec.reference, `the list of ${suite} that the mirror has is that of "${codename}"`);
  if (!architectures.includes(architecture))
    throw unusable(spec.reference, `Debian's ${suite} is not made for ${architecture}`);
}

/** Also for the security list: going on without it would leave out fixes in silence. */
function missing(suite: string, url: string, spec: BaseSpec): GildError {
  return new GildError({
    code: 'BASE_NOT_FOUND',
    message: `The base ${spec.reference} cannot be found: the mirror has no list of ${suite} (${url}).`,
    hint: 'Check the mirror; old releases move to http://archive.debian.org/debian.',
  });
}
