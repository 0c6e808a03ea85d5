import { bases } from '../bases/index.ts';
import type { BaseContext } from '../bases/types.ts';
import type { Architecture, BaseSpec, BuildSpec } from '../model/buildspec.ts';
import type { Lock, LockedBase } from '../model/lock.ts';
import type { Layer } from '../model/tree.ts';
import type { BaseEntry, LockFile } from '../resolve/lock-file.ts';
import { type BasePins, pinOfBase } from '../resolve/pins.ts';
import { resolveSpec } from '../resolve/resolve.ts';
import { GildError } from '../support/errors.ts';
import { componentReader } from './components.ts';
import type { Workshop } from './workshop.ts';

export interface ResolveOptions {
  readonly signal?: AbortSignal | undefined;
  readonly warn: (warning: GildError) => void;
  /** Has no word for what is to be looked up. */
  readonly file?: LockFile | undefined;
}

/** Looks up every outside fact of a recipe that the lock file has no word for. */
export function lockSpec(spec: BuildSpec, workshop: Workshop, options: ResolveOptions): Promise<Lock> {
  const pin = pinOfBase(spec, options.file, pinsOf(spec));
  return resolveSpec(spec, {
    readComponent: componentReader(spec, options.warn),
    resolveBase: (base) =>
      resolveBase(
        base,
        context(spec, workshop, options.signal, () => undefined),
        pin,
      ),
    signal: options.signal,
  });
}

/** What a lock file has of this kind of base; undefined for files on this host. */
export function pinsOf({ base }: BuildSpec): BasePins | undefined {
  return member(base.kind).pinning;
}

function resolveBase(
  spec: BaseSpec,
  context: BaseContext,
  pin: BaseEntry['pin'] | undefined,
): Promise<LockedBase> {
  const { pinning, resolve } = member(spec.kind);
  return pin && pinning ? pinning.restore(spec, pin, context) : resolve(spec, context);
}

export function lockBase(
  base: BaseSpec,
  workshop: Workshop,
  { architecture, signal }: { readonly architecture: Architecture; readonly signal: AbortSignal },
): Promise<LockedBase> {
  return member(base.kind).resolve(
    base,
    context({ architecture }, workshop, signal, () => undefined),
  );
}

export function fetchBase(
  spec: Pick<BuildSpec, 'architecture'>,
  workshop: Workshop,
  request: {
    readonly locked: LockedBase;
    readonly note: (line: string) => void;
    readonly signal: AbortSignal;
  },
): Promise<readonly Layer[]> {
  const { locked, note, signal } = request;
  return member(locked.kind).fetch(locked, context(spec, workshop, signal, note));
}

function context(
  spec: Pick<BuildSpec, 'architecture'>,
  workshop: Workshop,
  signal: AbortSignal | undefined,
  note: (line: string) => void,
) {
  const { trees, host, records } = workshop;
  return { architecture: spec.architecture, trees, host, images: records, signal, note };
}

function member(kind: string) {
  const base = bases.find((candidate) => candidate.kind === kind);
  if (!base) throw new GildError({ code: 'BUG', message: `No base is registered as \`${kind}\`.` });
  return base;
}
