/** A word as it is written, quotes included. */
export interface ShellWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** One simple command of a script: `FOO=1 apt-get install -y "$name"`. */
export interface ShellCommand {
  readonly words: readonly ShellWord[];
  readonly start: number;
  readonly end: number;
  /** What stands before and after it: `;` for a newline, `` where a compound begins or ends. */
  readonly before: Separator;
  readonly after: Separator;
  /** How many compounds, subshells and functions it stands in. */
  readonly depth: number;
  /** Its exit status is asked for: after `if`, `while`, `until`, `!`. */
  readonly tested: boolean;
  /** It stands in `$(...)`, `<(...)` or backquotes, of the command with this start. */
  readonly within: number | undefined;
  readonly redirections: readonly Redirection[];
}

export type Separator = '' | ';' | '&' | '&&' | '||' | '|';

export interface Redirection {
  readonly operator: string;
  readonly target: ShellWord | undefined;
}
