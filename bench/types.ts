/** Something that is run again and again. Throws if it did not do its work. */
export interface Side {
  readonly name: string;
  /** Before each run, not measured. */
  prepare?(): Promise<unknown>;
  run(): Promise<unknown>;
  /** After each run, not measured. */
  tidy?(): Promise<unknown>;
}

export interface Comparison {
  readonly what: string;
  /** What exactly is inside the measured part of each side, and what is not. */
  readonly inside: readonly string[];
  readonly ours: Side;
  /** The same by other means, or the least that anybody could need. */
  readonly peer: Side;
  readonly goal: Goal;
  /** Pairs of runs that count. */
  readonly rounds: number;
  /** One more pair before them, which does not count; yes if left out. */
  readonly warmUp?: boolean;
}

/** Most of our median, against the peer's or in seconds. */
export type Goal = { readonly ratio: number } | { readonly seconds: number };

export interface BenchContext {
  /** A new folder; removed at the end. */
  readonly folder: string;
  /** Kept from one run of the bench to the next. */
  readonly cache: string;
  note(line: string): void;
  /** Called last first at the end of the bench. */
  atEnd(release: () => unknown): void;
}

export interface Bench {
  readonly name: string;
  readonly summary: string;
  /** Comparisons are measured as they come, so that one can set up after the one before is done. */
  compare(context: BenchContext): AsyncIterable<Comparison>;
}

export interface Sample {
  readonly seconds: number;
  /** User and system time of this process and of all that it waited for. */
  readonly cpuSeconds: number;
}

export interface Result {
  readonly bench: string;
  readonly what: string;
  readonly inside: readonly string[];
  readonly ours: Measured;
  readonly peer: Measured;
  /** Median of ours by the peer's of the same pair. */
  readonly ratio: number;
  readonly goal: Goal;
  readonly met: boolean;
}

export interface Measured {
  readonly name: string;
  readonly median: Sample;
  readonly samples: readonly Sample[];
}
