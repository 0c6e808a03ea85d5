/** What a person says of reusing results, in the recipe. */
export interface CacheSpec {
  /** `false`: carried out in every build. */
  readonly reuse: boolean;
  /** Seconds after which what was made is too old to be used again. */
  readonly maxAge?: number;
  /** Any text; another one makes everything anew once. */
  readonly epoch?: string;
}

/** When a result may be used again; the rest of a `CacheSpec` is part of the definition. */
export interface ReusePolicy extends Pick<CacheSpec, 'reuse' | 'maxAge'> {
  /** Why it may not, where it is not the recipe that says so. */
  readonly because?: string;
}

/**
 * All that can change the result of a piece of work beside the tree that it stands on, as plain JSON. Fields stand in
 * the order in which a person wants to hear of a change.
 */
export type Definition = Readonly<Record<string, unknown>>;
