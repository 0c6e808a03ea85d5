/**
 * What a command gets from the process around it. `commands/<name>.ts` exports a function of the command's name that
 * takes its options and this, prints its answer and returns the exit code, if it is not 0; every failure is a thrown
 * `GildError`, which `main.ts` prints.
 */
export interface Cli {
  /** Writes a line to stdout: the answer, which another program may read. */
  readonly print: (text: string) => void;
  /** Writes a line to stderr: remarks for people. */
  readonly note: (text: string) => void;
  /** Colours for stdout; gives the text back as it is where nobody wants colours. */
  readonly paint: Paint;
  /** Width of the terminal, 80 where there is none. */
  readonly columns: number;
  /** A person can be asked: stdin and stderr are a terminal and CI is not set. */
  readonly interactive: boolean;
  /** Aborted with `CANCELLED` by the first Ctrl-C. */
  readonly signal: AbortSignal;
  readonly ask: Ask;
  /** Lets `job` have the terminal: Ctrl-C is its own meanwhile. */
  readonly interact: (job: () => Promise<void>) => Promise<void>;
}

export type Paint = (style: Style | readonly Style[], text: string) => string;

export type Style =
  | 'bold'
  | 'dim'
  | 'red'
  | 'green'
  | 'yellow'
  | 'blue'
  | 'magenta'
  | 'cyan'
  | 'gray'
  | 'underline';

/** Returns one of `choices`; the first where nobody can be asked. */
export type Ask = (question: string, choices: readonly string[]) => Promise<string>;

/** `--progress`; `auto` is `tty` for a person and `plain` for everything else. */
export type ProgressMode = 'auto' | 'tty' | 'plain' | 'json';

/** Images are named `name`, `name@1.0.0`, `name@1.x.x` or `name@1.0.0/2`. */
export interface ImagesOptions {
  readonly name?: string;
  readonly json: boolean;
}

export interface InspectOptions {
  readonly image: string;
  /** The plan that made it instead, as JSON. */
  readonly plan: boolean;
  readonly json: boolean;
}

export interface ExportOptions {
  readonly image: string;
  /** Folder; the current one by default. */
  readonly to: string;
  /** Names of outputs; all of the image by default. */
  readonly types: readonly string[];
  /** Overwrites, and exports an image whose tests failed. */
  readonly force: boolean;
}

export interface DiffOptions {
  readonly before: string;
  readonly after: string;
  readonly packages: boolean;
  readonly files: boolean;
  readonly json: boolean;
}

export interface RmOptions {
  /** None: only what killed runs left behind is removed. */
  readonly images: readonly string[];
  /** Every image that a name fits, where that is more than one. */
  readonly all: boolean;
  /** Also images that others were made from. */
  readonly force: boolean;
  /** Also what no image has: bases, what the cache holds for the next build, and what failed runs kept. */
  readonly unused: boolean;
  readonly json: boolean;
}

export interface LogsOptions {
  /** Id or its unique beginning; the newest run by default. */
  readonly run?: string;
  /** Name of a step or of its parent: `component/nginx`. */
  readonly step?: string;
  /** Regular expression. */
  readonly grep?: string;
  /** Goes on until the run ends. */
  readonly follow: boolean;
  readonly json: boolean;
}

export interface RunsOptions {
  readonly image?: string;
  readonly json: boolean;
}
