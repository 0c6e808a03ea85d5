import type { Loop } from '../../model/component.ts';
import { nearest } from '../../support/nearest.ts';
import type { InputProblem } from '../inputs.ts';
import { namePattern } from '../keys.ts';
import { findReferences, holdsReference } from '../references.ts';
import { boundsProblem, isInteger } from './bounds.ts';

type Path = readonly (string | number)[];
type PlainMap = Readonly<Record<string, unknown>>;

/** Reads the `loop` of a step from plain data; `problems` say what is wrong and where. */
export function readLoop(plain: unknown): {
  readonly value: Loop | undefined;
  readonly problems: readonly InputProblem[];
} {
  const problems: InputProblem[] = [];
  if (!isMap(plain)) {
    complain(problems, [], '`loop` is a map with `for` or `forEach`.', example);
    return { value: undefined, problems };
  }
  checkKeys(plain, ['name', 'for', 'forEach', 'resume'], [], problems);
  const given = ['for', 'forEach'].filter((key) => present(plain[key]));
  if (given.length !== 1) {
    if (problems.length > 0) return { value: undefined, problems };
    const found = given.length === 0 ? 'neither' : 'both';
    complain(problems, [], `A loop has either \`for\` or \`forEach\`; this one has ${found}.`, example);
    return { value: undefined, problems };
  }
  const values = given[0] === 'for' ? readFor(plain.for, problems) : readEach(plain.forEach, problems);
  const name = readName(plain.name, problems);
  const resume = readResume(plain.resume, problems);
  const value = values && { ...values, ...(name !== undefined && { name }), ...(resume && { resume }) };
  return { value, problems };
}

const example =
  'Write `loop: {forEach: [a, b]}`, `loop: {forEach: {list: "a,b", delimiter: ","}}` or `loop: {for: {start: 1, end: 9, updateBy: 2}}`.';

function readName(value: unknown, problems: InputProblem[]): string | undefined {
  if (!present(value)) return undefined;
  const name = textOf(value) ?? '';
  if (name === 'loop') complain(problems, ['name'], 'Every loop can be called `loop`; choose another name.');
  else if (!namePattern.test(name))
    complain(problems, ['name'], 'The name of a loop has 3 to 128 letters, digits, `-` or `_`.');
  return name;
}

function readResume(value: unknown, problems: InputProblem[]): boolean {
  if (!present(value)) return false;
  const text = String(textOf(value)).toLowerCase();
  if (text !== 'true' && text !== 'false') complain(problems, ['resume'], '`resume` must be true or false.');
  return text === 'true';
}

function readFor(plain: unknown, problems: InputProblem[]): Loop | undefined {
  if (!isMap(plain)) {
    complain(problems, ['for'], '`for` is a map.', 'Write `for: {start: 1, end: 9, updateBy: 2}`.');
    return undefined;
  }
  checkKeys(plain, ['start', 'end', 'updateBy'], ['for'], problems);
  const bound = (key: string): string => {
    if (!present(plain[key])) complain(problems, ['for'], `\`for\` needs \`${key}\`, a whole number.`);
    const text = textOf(plain[key]) ?? '';
    if (present(plain[key]) && !isInteger(text) && !isParameter(text))
      complain(problems, ['for', key], `\`${key}\` must be a whole number or a parameter.`);
    return text;
  };
  const [start, end, updateBy] = [bound('start'), bound('end'), bound('updateBy')];
  if (problems.length > 0) return undefined;
  if ([start, end, updateBy].every(isInteger)) {
    const wrong = boundsProblem({ start, end, updateBy });
    if (wrong) complain(problems, ['for', wrong.key], wrong.message);
  }
  return { kind: 'for', start, end, updateBy };
}

function readEach(plain: unknown, problems: InputProblem[]): Loop | undefined {
  if (Array.isArray(plain)) {
    if (plain.length === 0) complain(problems, ['forEach'], '`forEach` is an empty list.');
    const values = plain.map((entry: unknown, index) => {
      const text = textOf(entry);
      if (text === undefined) complain(problems, ['forEach', index], 'Each entry of `forEach` must be text.');
      return text ?? '';
    });
    return { kind: 'each', values };
  }
  if (!isMap(plain)) {
    const hint = 'For a text with several values, write `forEach: {list: ..., delimiter: ","}`.';
    complain(problems, ['forEach'], '`forEach` is a list, or a map with `list` and `delimiter`.', hint);
    return undefined;
  }
  checkKeys(plain, ['list', 'delimiter'], ['forEach'], problems);
  const list = present(plain.list) ? textOf(plain.list) : undefined;
  if (list === undefined) {
    complain(problems, ['forEach'], '`forEach` needs `list`, a text with the values in it.');
    return undefined;
  }
  return { kind: 'split', list, delimiter: readDelimiter(plain.delimiter, problems) };
}

/** In single quotes, YAML leaves a backslash as it is. */
const delimiters = new Map([
  ...['.', ',', ';', ':', '\n', '\t', ' ', '-', '_'].map((one) => [one, one] as const),
  ['\\n', '\n'],
  ['\\t', '\t'],
]);

function readDelimiter(value: unknown, problems: InputProblem[]): string {
  if (value === undefined || value === null) return ',';
  const found = delimiters.get(textOf(value) ?? '');
  if (found !== undefined) return found;
  const message = '`delimiter` must be one of `.` `,` `;` `:` `-` `_`, a space, `"\\n"` or `"\\t"`.';
  complain(problems, ['forEach', 'delimiter'], message);
  return ',';
}

function isParameter(text: string): boolean {
  return holdsReference(text) && findReferences(text).every(({ reference }) => reference.kind === 'name');
}

function checkKeys(plain: PlainMap, known: readonly string[], path: Path, problems: InputProblem[]): void {
  for (const key of Object.keys(plain)) {
    if (known.includes(key)) continue;
    const meant = nearest(key, known);
    const owner = path.length === 0 ? 'a loop' : `\`${path.at(-1)}\``;
    const hint = meant
      ? `Did you mean \`${meant}\`?`
      : `It may have ${known.map((one) => `\`${one}\``).join(', ')}.`;
    problems.push({
      path: [...path, key],
      target: 'key',
      message: `\`${key}\` is not a key of ${owner}.`,
      hint,
    });
  }
}

function complain(problems: InputProblem[], path: Path, message: string, hint?: string): void {
  problems.push({ path, target: 'value', message, ...(hint && { hint }) });
}

function present(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : undefined;
}
