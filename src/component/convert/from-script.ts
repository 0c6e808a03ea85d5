import { GildError } from '../../support/errors.ts';
import { programOf } from '../lint/program.ts';
import { lexShell } from '../lint/shell/lex.ts';

export interface ScriptImport {
  /** The document as plain data, in the order in which it is to be written. */
  readonly document: PlainDocument;
  /** What a person should look at. */
  readonly remarks: readonly string[];
}

export interface PlainDocument {
  readonly name: string;
  readonly description?: string;
  readonly schemaVersion: 1.0;
  readonly parameters?: readonly Readonly<Record<string, PlainParameter>>[];
  readonly phases: readonly PlainPhase[];
}

export interface PlainParameter {
  readonly type: 'string';
  readonly default?: string;
  readonly description?: string;
}

export interface PlainPhase {
  readonly name: string;
  readonly steps: readonly {
    readonly name: string;
    readonly action: 'ExecuteBash';
    readonly inputs: { readonly commands: readonly string[] };
  }[];
}

/**
 * A shell script as a component document. Lines `# gild: build`, `# gild: validate` and `# gild: test` divide it into
 * phases; a name behind the phase names the step. The comment at its top becomes the description, options of its `#!` line
 * a `set`, and variables that it reads and never sets become parameters. Throws `COMPONENT_INVALID`.
 */
export function documentFromScript(text: string, name: string): ScriptImport {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .trimEnd()
    .split('\n');
  const interpreter = readInterpreter(lines[0] ?? '');
  const head = readHead(lines);
  const sections = divide(lines.slice(head.end));
  const filled = sections.filter(({ body }) =>
    body.some((line) => line.trim() !== '' && !line.startsWith('#')),
  );
  if (filled.length === 0) {
    throw new GildError({ code: 'COMPONENT_INVALID', message: 'The script does nothing.' });
  }
  const unset = unsetVariables(text);
  const phases = ['build', 'validate', 'test'].flatMap((phase): PlainPhase[] => {
    const steps = filled.filter((section) => section.phase === phase);
    if (steps.length === 0) return [];
    return [
      { name: phase, steps: steps.map((section) => stepOf(section, interpreter.options, [...unset.keys()])) },
    ];
  });
  const parameters = [...unset].map(([variable, fallback]) => ({
    [parameterName(variable)]: parameterOf(variable, fallback),
  }));
  return {
    document: {
      name,
      ...(head.description && { description: head.description }),
      schemaVersion: 1.0,
      ...(parameters.length > 0 && { parameters }),
      phases,
    },
    remarks: [...interpreter.remarks, ...remarksOn(unset, text)],
  };
}

function readInterpreter(first: string): { options: readonly string[]; remarks: readonly string[] } {
  const [, program = '', rest = ''] =
    /^#!\s*(?:\/usr\/bin\/env\s+(?:-S\s+)?)?(\S+)\s*(.*)$/.exec(first) ?? [];
  const shell = program.split('/').at(-1) ?? '';
  if (shell !== '' && !['sh', 'bash', 'dash', 'ash', 'ksh', 'zsh'].includes(shell)) {
    throw new GildError({
      code: 'COMPONENT_INVALID',
      message: `The script is one for ${shell}, not for a shell.`,
      hint: 'Put it on the machine with a `files` entry of the recipe, and run it in an ExecuteBinary step.',
    });
  }
  const remarks = ['ksh', 'zsh'].includes(shell)
    ? [`The script is one for ${shell}; ExecuteBash runs it with bash.`]
    : [];
  return { options: rest.split(/\s+/).filter((word) => word.startsWith('-')), remarks };
}

/** The comment below the `#!` line, up to the first line that is no comment. */
function readHead(lines: readonly string[]): { description: string; end: number } {
  const begin = lines[0]?.startsWith('#!') ? 1 : 0;
  let end = begin;
  const words: string[] = [];
  while (end < lines.length && /^#(?!\s*gild:)|^\s*$/.test(lines[end] ?? '')) {
    const line = lines[end] ?? '';
    if (line.trim() === '' && words.length > 0) break;
    const said = line.replace(/^#+/, '').trim();
    if (said !== '' && !/^(shellcheck\b|vim:|-\*-|SPDX-|copyright\b)/i.test(said)) words.push(said);
    end += 1;
  }
  return { description: words.join(' '), end };
}

interface Section {
  readonly phase: string;
  readonly step: string;
  readonly body: string[];
}

function divide(lines: readonly string[]): readonly Section[] {
  const sections: Section[] = [{ phase: 'build', step: 'Run', body: [] }];
  const taken = new Set<string>();
  for (const line of lines) {
    const [, phase, name] = /^#\s*gild:\s*(build|validate|test)\b[:\s]*(.*)$/.exec(line) ?? [];
    if (phase === undefined) {
      sections.at(-1)?.body.push(line);
      continue;
    }
    sections.push({ phase, step: uniqueName(name ?? '', phase, taken), body: [] });
  }
  return sections;
}

function uniqueName(written: string, phase: string, taken: Set<string>): string {
  const plain = written.replaceAll(/[^A-Za-z0-9_-]+/g, ' ').trim();
  const joined = plain
    .split(' ')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  const base =
    joined.length >= 3
      ? joined.slice(0, 120)
      : ({ build: 'Run', validate: 'Check', test: 'Test' }[phase] ?? 'Run');
  let name = base;
  for (let number = 2; taken.has(`${phase}.${name}`); number++) name = `${base}${number}`;
  taken.add(`${phase}.${name}`);
  return name;
}

/** What a section needs before it: the options of the `#!` line, and the parameters that it reads as variables. */
function stepOf(
  { step, body }: Section,
  options: readonly string[],
  unset: readonly string[],
): PlainPhase['steps'][number] {
  const script = `${body.join('\n').replace(/^\n+/, '').trimEnd()}\n`;
  const read = unset.filter((name) => new RegExp(`\\$\\{?${name}\\b`).test(script));
  const prelude = [
    ...options.map((option) => `set ${option}\n`),
    ...read.map((name) => `${name}='{{ ${parameterName(name)} }}'\n`),
  ];
  return { name: step, action: 'ExecuteBash', inputs: { commands: [prelude.join('') + script] } };
}

/** Names of parameters have three characters at least. */
function parameterName(variable: string): string {
  return variable.length >= 3 ? variable : `${variable}_value`;
}

function parameterOf(variable: string, fallback: string | undefined): PlainParameter {
  return {
    type: 'string',
    ...(fallback !== undefined && { default: fallback }),
    description: `${variable} of the script.`,
  };
}

const given = new Set(
  (
    'PATH HOME PWD OLDPWD USER LOGNAME SHELL TERM LANG LC_ALL TZ UID EUID PPID HOSTNAME HOSTTYPE OSTYPE MACHTYPE RANDOM SECONDS ' +
    'LINENO BASH BASH_VERSION BASH_SOURCE BASHPID FUNCNAME PIPESTATUS IFS OPTARG OPTIND OPTERR REPLY SHLVL EPOCHSECONDS ' +
    'DEBIAN_FRONTEND SOURCE_DATE_EPOCH'
  ).split(' '),
);

/** Variables in capitals that the script reads and never sets, with the value of `${NAME:-value}` if it is plain. */
function unsetVariables(text: string): ReadonlyMap<string, string | undefined> {
  const code = lexShell(text.replaceAll('\r\n', '\n'));
  const words = code.flatMap(({ words: all, redirections }) => [
    ...all.map((word) => word.text),
    ...redirections.flatMap(({ target }) => (target ? [target.text] : [])),
  ]);
  const set = new Set<string>();
  for (const command of code) {
    for (const { text: word } of command.words) {
      const assigned = /^([A-Za-z_]\w*)\+?=/.exec(word)?.[1];
      if (assigned) set.add(assigned);
    }
    const program = programOf(command);
    if (command.words[0]?.text === 'for') set.add(command.words[1]?.text ?? '');
    if (['read', 'mapfile', 'local', 'declare', 'getopts', 'readarray'].includes(program?.name ?? '')) {
      for (const { text: word } of program?.args ?? []) set.add(word);
    }
  }
  const found = new Map<string, string | undefined>();
  for (const word of words) {
    const read = word.replaceAll(/'[^']*'/g, '');
    for (const [, braced, rest = '', bare] of read.matchAll(
      /\$(?:\{([A-Z_][A-Z0-9_]*)([^}]*)\}|([A-Z_][A-Z0-9_]*))/g,
    )) {
      const name = braced ?? bare ?? '';
      if (set.has(name) || given.has(name)) continue;
      const fallback = /^:?[-=]([^$`]*)$/.exec(rest)?.[1];
      if (!found.has(name) || fallback !== undefined) found.set(name, fallback ?? found.get(name));
    }
  }
  return found;
}

function remarksOn(unset: ReadonlyMap<string, string | undefined>, text: string): readonly string[] {
  const secret = [...unset.keys()].filter((name) => /TOKEN|PASSWORD|PASSWD|SECRET|API_?KEY/.test(name));
  const needed = [...unset].filter(([, fallback]) => fallback === undefined).map(([name]) => name);
  return [
    ...(unset.size > 0 ? [`${[...unset.keys()].join(', ')}: read and never set, so a parameter each.`] : []),
    ...(needed.length > 0
      ? [`${needed.join(', ')}: without a default; whoever uses the component must give a value.`]
      : []),
    ...(secret.length > 0
      ? [
          `${secret.join(', ')}: a secret by its name; values of parameters are in logs. Read /run/secrets/ instead.`,
        ]
      : []),
    ...(/\$[1-9@*#]|\$\{[1-9@*#]/.test(text)
      ? ['The script reads arguments; a step has none. Use parameters instead.']
      : []),
    ...(/\$0|BASH_SOURCE/.test(text)
      ? ['The script asks where it stands; a step has no file of its own beside others.']
      : []),
  ];
}
