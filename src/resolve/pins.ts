import { relative } from 'node:path';
import type { BaseSpec, BuildSpec, ComponentSpec } from '../model/buildspec.ts';
import type { Lock, LockedBase } from '../model/lock.ts';
import { canonicalJson } from '../support/canonical.ts';
import type { BaseEntry, ComponentEntry, LockFile } from './lock-file.ts';

/** What one kind of base has in a lock file; kinds that are files on this host have nothing. */
export interface BasePins {
  wish(options: BaseSpec['options']): BaseEntry['options'];
  pin(locked: LockedBase): BaseEntry['pin'];
}

/** The pin of the base, if the lock file has one for what the recipe asks for. */
export function pinOfBase(
  spec: BuildSpec,
  file: LockFile | undefined,
  pins: BasePins | undefined,
): BaseEntry['pin'] | undefined {
  const { base } = file ?? {};
  if (!pins || !base || file?.architecture !== spec.architecture) return undefined;
  const wanted = {
    kind: spec.base.kind,
    reference: spec.base.reference,
    options: pins.wish(spec.base.options),
  };
  const { pin, ...locked } = base;
  return canonicalJson(wanted) === canonicalJson(locked) ? pin : undefined;
}

/** The recipe with the versions of its components as they are locked. */
export function pinVersions(spec: BuildSpec, file: LockFile | undefined): BuildSpec {
  const entries = entriesOf(spec, file);
  return {
    ...spec,
    components: spec.components.map((component, index) => {
      const version = entries[index]?.version;
      if (component.use.kind !== 'named' || version === undefined) return component;
      return { ...component, use: { ...component.use, version } };
    }),
  };
}

/** What was asked to be fresh is part of what a step does. */
export function withFacts(lock: Lock, spec: BuildSpec, file: LockFile | undefined): Lock {
  const entries = entriesOf(spec, file);
  return {
    ...lock,
    components: lock.components.map((component, index) => {
      const facts = entries[index]?.fresh;
      return facts === undefined ? component : { ...component, facts };
    }),
  };
}

/** What belongs in the lock file of a recipe, with what was recorded before of the same components. */
export function lockFileOf(
  spec: BuildSpec,
  lock: Lock,
  { pins, before }: { readonly pins: BasePins | undefined; readonly before: LockFile | undefined },
): LockFile {
  const { kind, reference, options } = spec.base;
  const entries = entriesOf(spec, before);
  return {
    schema: 1,
    architecture: spec.architecture,
    ...(pins && { base: { kind, reference, options: pins.wish(options), pin: pins.pin(lock.base) } }),
    components: spec.components.map((component, index): ComponentEntry => {
      const { fresh, downloads, complete, held, packages } = entries[index] ?? {};
      const locked = lock.components[index];
      return {
        use: useOf(component, spec),
        ...(component.use.kind === 'named' && locked && { version: locked.version, digest: locked.digest }),
        ...(fresh && { fresh }),
        ...(downloads && { downloads }),
        ...(complete && { complete }),
        ...(held === false && { held }),
        ...(packages && { packages }),
      };
    }),
  };
}

/** What the second has that the first has not, a line each; packages and downloads are a record, and not compared. */
export function differences(before: LockFile, after: LockFile): string[] {
  const lines: string[] = [];
  if (before.architecture !== after.architecture)
    lines.push(`architecture: ${before.architecture} -> ${after.architecture}`);
  if (canonicalJson(before.base ?? null) !== canonicalJson(after.base ?? null))
    lines.push(baseDifference(before.base, after.base));
  const left = keyed(before.components);
  const right = keyed(after.components);
  for (const [key, entry] of right) {
    const old = left.get(key);
    if (!old) lines.push(`${entry.use}: not locked`);
    else if (old.version !== entry.version) lines.push(`${entry.use}: ${old.version} -> ${entry.version}`);
    else if (old.digest !== entry.digest) lines.push(`${entry.use}: ${entry.version} has other content`);
    else if (old.fresh !== entry.fresh) lines.push(`${entry.use}: to run again`);
    else if (old.complete && !entry.complete) lines.push(`${entry.use}: not held to its packages`);
  }
  for (const [key, entry] of left) if (!right.has(key)) lines.push(`${entry.use}: no longer in the recipe`);
  return lines;
}

function baseDifference(before: BaseEntry | undefined, after: BaseEntry | undefined): string {
  if (!before) return `base ${after?.reference}: not locked`;
  if (!after) return `base ${before.reference}: no longer in the recipe`;
  if (before.reference !== after.reference) return `base: ${before.reference} -> ${after.reference}`;
  if (canonicalJson(before.options) !== canonicalJson(after.options))
    return `base ${after.reference}: other options`;
  return `base ${after.reference}: moved`;
}

/** The entry of each component of the recipe: the first of the same use, then the second. */
function entriesOf(spec: BuildSpec, file: LockFile | undefined): readonly (ComponentEntry | undefined)[] {
  const entries = keyed(file?.components ?? []);
  const wanted = keyed(spec.components.map((component) => ({ use: useOf(component, spec) })));
  return [...wanted.keys()].map((key) => entries.get(key));
}

function keyed<T extends { readonly use: string }>(entries: readonly T[]): Map<string, T> {
  const found = new Map<string, T>();
  for (const entry of entries) {
    let count = 1;
    while (found.has(`${entry.use}\0${count}`)) count += 1;
    found.set(`${entry.use}\0${count}`, entry);
  }
  return found;
}

function useOf({ use }: ComponentSpec, { source }: BuildSpec): string {
  if (use.kind === 'named') return `${use.name}@${use.version}`;
  return use.kind === 'path' ? `./${relative(source.directory, use.path)}` : use.name;
}
