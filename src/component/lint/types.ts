import type { Entry, Node, Source } from '../source.ts';
import type { Script } from './script.ts';

/** One rule. A list of all is in `index.ts`; `docs/reference/lint.md` is made from them. */
export interface LintRule {
  /** As it stands in `# gild-lint: disable=<name>`. */
  readonly name: string;
  /** One line for the reference. */
  readonly summary: string;
  /** Why it matters, in a sentence or two. */
  readonly why: string;
  /** Steps of a phase `build` that the rule finds something in, and how to write them instead. */
  readonly wrong: string;
  readonly right: string;
  check(subject: Subject, report: Report): void;
}

export type Report = (remark: Remark) => void;

export interface Remark {
  /** Into the text of the document. */
  readonly at: number;
  readonly message: string;
  readonly hint?: string;
  readonly fix?: Fix;
}

export interface Fix {
  /** What it does, as an order: "Add -y". */
  readonly title: string;
  /** Whether the document means the same after it; if not, only a person can ask for it. */
  readonly safe: boolean;
  readonly edits: readonly Edit[];
}

/** Replaces the text between two offsets; edits of one fix do not overlap. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A document that is valid, in the form that rules look at. */
export interface Subject {
  readonly text: string;
  readonly source: Source;
  readonly root: Node;
  readonly parameters: readonly Entry[];
  readonly constants: readonly Entry[];
  readonly steps: readonly LintStep[];
}

export interface LintStep {
  readonly phase: string;
  readonly name: string;
  readonly action: string;
  readonly node: Node;
  readonly inputs: Node | undefined;
  /** The maps of `inputs`: one, or one for each operation. */
  readonly items: readonly Node[];
  readonly onFailure: string;
  readonly condition: Node | undefined;
  /** Of ExecuteBash. */
  readonly script: Script | undefined;
}
