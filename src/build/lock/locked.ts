import { basename } from 'node:path';
import type { BuildSpec } from '../../model/buildspec.ts';
import type { Emit } from '../../model/events.ts';
import type { Lock } from '../../model/lock.ts';
import { type LockFile, lockFilePath, readLockFile, writeLockFile } from '../../resolve/lock-file.ts';
import { differences, lockFileOf, pinOfBase, pinVersions, withFacts } from '../../resolve/pins.ts';
import { GildError } from '../../support/errors.ts';
import { lockSpec, pinsOf, type ResolveOptions } from '../resolve-spec.ts';
import type { Workshop } from '../workshop.ts';

export interface Locked {
  readonly lock: Lock;
  /** Where the lock file is, or would be. */
  readonly path: string;
  /** As it was; absent if there is none. */
  readonly before?: LockFile;
  /** As it would be for this recipe. */
  readonly file: LockFile;
  /** What those differ in, a line each. */
  readonly changes: readonly string[];
}

export interface LockedOptions extends ResolveOptions {
  /** The lock file has to be there and to fit. */
  readonly frozen?: boolean;
  /** What to look up again, of what the lock file has. */
  readonly forget?: (file: LockFile) => LockFile;
}

/** Resolves a recipe with what its lock file says; only what that has no word for is looked up outside. Writes nothing. */
export async function resolveLocked(
  spec: BuildSpec,
  workshop: Workshop,
  { frozen = false, forget = (file) => file, ...options }: LockedOptions,
): Promise<Locked> {
  const path = lockFilePath(spec.source.file);
  const before = await readLockFile(path);
  if (frozen && !before) throw misfit(`There is no lock file ${path}.`, 'Make it: `gild lock`.');
  const known = before && forget(before);
  if (frozen && known) refuseUnlocked(spec, known, path);
  const resolved = await lockSpec(pinVersions(spec, known), workshop, { ...options, file: known });
  const lock = withFacts(resolved, spec, known);
  const file = lockFileOf(spec, lock, { pins: pinsOf(spec), before: known });
  const changes = before ? differences(before, file) : [];
  if (frozen && changes.length > 0) throw misfitBy(changes, path);
  return { lock, path, file, changes, ...(before && { before }) };
}

/** Where a project has a lock file, a build adds what it lacks; it makes none, and a frozen one leaves it alone. */
export async function completeLockFile(
  locked: Locked | undefined,
  { frozen }: { readonly frozen?: boolean },
  emit: Emit,
): Promise<void> {
  if (frozen || !locked?.before || locked.changes.length === 0) return;
  await writeLockFile(locked.path, locked.file);
  const lines = locked.changes.map((line) => `${basename(locked.path)}: ${line}`);
  emit({ type: 'step.output', step: 'resolve', stream: 'note', lines });
}

/** Before anything is looked up: a frozen build asks nobody. */
function refuseUnlocked(spec: BuildSpec, file: LockFile, path: string): void {
  const pins = pinsOf(spec);
  if (!pins || pinOfBase(spec, file, pins)) return;
  const { kind, reference, options } = spec.base;
  const base = { kind, reference, options: pins.wish(options), pin: file.base?.pin ?? {} };
  const wanted = { ...file, architecture: spec.architecture, base };
  throw misfitBy(differences(file, wanted), path);
}

function misfitBy(changes: readonly string[], path: string): GildError {
  const lines = changes.map((line) => `\n  ${line}`).join('');
  return misfit(
    `${path} does not fit the recipe:${lines}`,
    'Bring it up to date with `gild lock`, and look at what changed.',
  );
}

function misfit(message: string, hint: string): GildError {
  return new GildError({ code: 'LOCK_MISFIT', message, hint });
}
