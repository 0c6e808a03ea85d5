import type { Architecture, BaseSpec } from '../model/buildspec.ts';
import type { LockedBase } from '../model/lock.ts';
import type { Layer } from '../model/tree.ts';

/** A kind of thing to start from. */
export interface Base {
  readonly kind: string;
  /**
   * Reads the part of a reference behind this kind's prefix, and the options beside it if the recipe has some.
   * Throws `RECIPE_INVALID` with what was expected.
   */
  parse(reference: string, directory: string, options?: BaseSpec['options']): BaseSpec['options'];
  /** Finds the digest and date without fetching the content. Throws `BASE_NOT_FOUND`, `BASE_UNREACHABLE`. */
  resolve(spec: BaseSpec, context: BaseContext): Promise<LockedBase>;
  /** Absent where the base is a file on this host. */
  readonly pinning?: Pinning;
  /** Brings the content into the store, or finds it there. Throws `ARCHIVE_REFUSED`, `BASE_UNREACHABLE`. */
  fetch(locked: LockedBase, context: BaseContext): Promise<readonly Layer[]>;
}

/** What a lock file holds of a kind of base. It is a text that anybody can change: nothing in it is believed unchecked. */
export interface Pinning {
  /** The options that say what is wanted, without where it is fetched from. */
  wish(options: BaseSpec['options']): Readonly<Record<string, unknown>>;
  /** What `restore` needs, as short and as plain as possible. */
  pin(locked: LockedBase): Readonly<Record<string, unknown>>;
  /**
   * The same as `resolve` once gave, without asking what is newest; from this host alone where it was resolved here.
   * Throws `LOCK_INVALID`, and `BASE_UNREACHABLE` if it is not to be had any more.
   */
  restore(spec: BaseSpec, pin: Readonly<Record<string, unknown>>, context: BaseContext): Promise<LockedBase>;
}

/** What the one place that wires all hands to a base. */
export interface BaseContext {
  readonly architecture: Architecture;
  readonly trees: import('../trees/types.ts').TreeStore;
  readonly images: import('../images/types.ts').ImageLookup;
  readonly host: import('../host/types.ts').Host;
  readonly signal?: AbortSignal | undefined;
  /** Remarks for the log, a line each. */
  readonly note: (line: string) => void;
}
