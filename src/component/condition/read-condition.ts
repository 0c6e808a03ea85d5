import type { Branch, Condition, StepCondition } from '../../model/component.ts';
import { nearest } from '../../support/nearest.ts';
import type { InputProblem } from '../inputs.ts';
import { holdsReference } from '../references.ts';
import { findOperator, type Operator, operators } from './operators.ts';

/** `and`, `or` and `not` inside one another. */
export const deepestCondition = 4;

type Path = readonly (string | number)[];

interface Reader {
  /** `written`: references are not resolved yet. */
  readonly stage: 'written' | 'resolved';
  readonly problems: InputProblem[];
}

/** Reads plain data as an expression of exactly one operator; `problems` say what is wrong and where. */
export function readCondition(
  plain: unknown,
  stage: Reader['stage'],
): { readonly condition: Condition | undefined; readonly problems: readonly InputProblem[] } {
  const reader: Reader = { stage, problems: [] };
  return { condition: readExpression(plain, [], 0, reader), problems: reader.problems };
}

/**
 * Reads the `if` of a step. The guide of the language shows `then` and `else` beside the operator in one place and
 * indented below it, in a list of one, in another: both are read.
 */
export function readIf(plain: unknown): {
  readonly value: StepCondition | undefined;
  readonly problems: readonly InputProblem[];
} {
  const reader: Reader = { stage: 'written', problems: [] };
  const [only] = Array.isArray(plain) && plain.length === 1 ? (plain as unknown[]) : [];
  const at: Path = only === undefined ? [] : [0];
  const outer = only ?? plain;
  if (!isMap(outer)) {
    complain(reader, at, '`if` is a map with one operator.', example);
    return { value: undefined, problems: reader.problems };
  }
  const { then: _then, else: _else, ...rest } = outer;
  const [key = '', ...more] = Object.keys(rest);
  const below = rest[key];
  const inner = more.length === 0 && isMap(below) ? below : {};
  const branch = (name: 'then' | 'else', fallback: Branch) =>
    outer[name] !== undefined && outer[name] !== null
      ? readBranch(outer[name], [...at, name], reader)
      : readBranch(inner[name] ?? fallback, [...at, key, name], reader);
  const [ifTrue, ifFalse] = [branch('then', 'Execute'), branch('else', 'Skip')];
  const { then: _innerThen, else: _innerElse, ...innerRest } = inner;
  const expression = isMap(below) && inner === below ? { [key]: innerRest } : rest;
  const when = readExpression(expression, at, 0, reader);
  return { value: when && { when, ifTrue, ifFalse }, problems: reader.problems };
}

const example = 'Write for example `if: {fileExists: /etc/os-release}`.';
const logical = ['and', 'or', 'not'];
const branches = ['Execute', 'Skip', 'Abort'] as const;

function readBranch(value: unknown, path: Path, reader: Reader): Branch {
  const known = branches.find((branch) => branch === value);
  if (known) return known;
  const meant = nearest(String(value), branches);
  const message = `\`${path.at(-1)}\` must be Execute, Skip or Abort.`;
  complain(reader, path, message, meant && `Did you mean \`${meant}\`?`);
  return 'Execute';
}

function readExpression(plain: unknown, path: Path, depth: number, reader: Reader): Condition | undefined {
  if (!isMap(plain)) return complain(reader, path, 'A condition is a map with one operator.', example);
  const keys = Object.keys(plain);
  const chosen = keys.filter((key) => logical.includes(key) || findOperator(key));
  const [name, second] = chosen;
  if (name === undefined) {
    const [odd] = keys.filter((key) => key !== 'value' && key !== 'path');
    if (odd === undefined) return complain(reader, path, 'The condition has no operator.', example);
    const meant = nearest(odd, [...logical, ...Object.keys(operators)]);
    const hint = meant ? `Did you mean \`${meant}\`?` : 'docs/components.md lists the operators.';
    return complain(reader, [...path, odd], `\`${odd}\` is not an operator.`, hint, 'key');
  }
  if (second !== undefined) {
    const hint = 'Put them into a list below `and` or `or`.';
    const message = `A condition has one operator; this one has \`${name}\` and \`${second}\`.`;
    return complain(reader, [...path, second], message, hint, 'key');
  }
  const operator = findOperator(name);
  for (const key of keys) {
    if (key === name || (operator?.subject !== undefined && key === operator.subject)) continue;
    complain(reader, [...path, key], `\`${key}\` has no place beside \`${name}\`.`, undefined, 'key');
  }
  if (operator) return readComparison({ name, operator, plain, path }, reader);
  if (depth >= deepestCondition) {
    const message = `\`and\`, \`or\` and \`not\` are nested more than ${deepestCondition} levels deep.`;
    return complain(reader, [...path, name], message, undefined, 'key');
  }
  return readLogical(name, plain[name], [...path, name], depth + 1, reader);
}

function readLogical(
  name: string,
  operand: unknown,
  path: Path,
  depth: number,
  reader: Reader,
): Condition | undefined {
  if (name === 'not') {
    const [only] = Array.isArray(operand) && operand.length === 1 ? (operand as unknown[]) : [];
    const inner = readExpression(only ?? operand, only === undefined ? path : [...path, 0], depth, reader);
    return inner && { kind: 'not', of: inner };
  }
  if (!Array.isArray(operand) || operand.length === 0)
    return complain(reader, path, `\`${name}\` takes a list of conditions.`, 'Put `- ` before each.');
  const parts = operand.map((part: unknown, index) => readExpression(part, [...path, index], depth, reader));
  const of = parts.filter((part) => part !== undefined);
  return of.length === parts.length ? { kind: name === 'and' ? 'and' : 'or', of } : undefined;
}

function readComparison(
  read: { readonly name: string; readonly operator: Operator; readonly plain: PlainMap; readonly path: Path },
  reader: Reader,
): Condition | undefined {
  const { name, operator, plain, path } = read;
  const operand = textOf(plain[name]);
  if (operand === undefined)
    return complain(reader, [...path, name], `\`${name}\` must be text or a number.`);
  const expected = isFixed(operand, reader) ? operator.check?.(operand) : undefined;
  if (expected) complain(reader, [...path, name], `\`${name}\` must be ${expected}.`);
  if (!operator.subject) return { kind: 'compare', operator: name, operand };
  const key = operator.subject;
  const subject = plain[key] === undefined ? undefined : textOf(plain[key]);
  if (subject !== undefined) return { kind: 'compare', operator: name, operand, subject };
  const message =
    plain[key] === undefined ? `\`${name}\` needs \`${key}\` beside it.` : `\`${key}\` must be text.`;
  return complain(
    reader,
    plain[key] === undefined ? [...path, name] : [...path, key],
    message,
    undefined,
    'key',
  );
}

/** Text that the author wrote; what a reference turned out to be makes a comparison false, and no error. */
function isFixed(text: string, reader: Reader): boolean {
  return reader.stage === 'written' && !holdsReference(text);
}

type PlainMap = Readonly<Record<string, unknown>>;

function isMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A key without a value is the empty text. */
function textOf(value: unknown): string | undefined {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : undefined;
}

function complain(
  reader: Reader,
  path: Path,
  message: string,
  hint?: string,
  target: InputProblem['target'] = 'value',
): undefined {
  reader.problems.push({ path, target, message, ...(hint && { hint }) });
  return undefined;
}
