/**
 * One thing that an action does, carried out for real on a Debian machine and on one that has busybox alone. The
 * reference of actions names the cases that show each input and output.
 */
export interface ActionCase {
  readonly action: string;
  /** Goes on after the name of the action, as a sentence. */
  readonly does: string;
  /** Inputs and outputs that it would notice if they did something else. */
  readonly shows: readonly string[];
  /** The machine says that it runs Windows; its `powershell.exe` writes down how it was called. */
  readonly os?: 'windows';
  /** Shell text, run before in the folder of the case. */
  readonly before?: string;
  readonly inputs: (place: CasePlace) => unknown;
  /** Part of the message with which the step fails; it succeeds otherwise. */
  readonly fails?: string;
  /** An expression stands for a text that matches it. */
  readonly outputs?: (place: CasePlace) => readonly Readonly<Record<string, string | RegExp>>[];
  /** Shell text, run afterwards in the folder, and what it must print; `<at>` in that is the folder. */
  readonly after?: readonly [script: string, prints: string];
  /** Part of the log; `<at>` in it is the folder. */
  readonly logs?: string;
  /** What must be in the object storage afterwards. */
  readonly stored?: Readonly<Record<string, string>>;
}

export interface CasePlace {
  /** A folder of its own in the machine, absolute. */
  readonly at: string;
  /** A web server: `/file` holds `content`, `/redirect` leads there. */
  readonly web: string;
  /** The same by https, with a certificate that nobody trusts. */
  readonly tls: string;
  /** SHA256 and SHA512 of `content`. */
  readonly sha256: string;
  readonly sha512: string;
}

/** Prints names, modes and owners of all that is in the folder. */
export const tree = `find . -mindepth 1 | sort | while read -r f; do stat -c '%n %a %u:%g' "$f"; done`;

/** Prints the names of what is no folder. */
export const names = 'find . ! -type d | sort';
