import { compareNumbers, isNumber } from './numbers.ts';
import { patternProblem, searches } from './pattern.ts';
import * as probe from './probes.ts';
import { compareTexts } from './texts.ts';

/** One comparison. Those that ask the machine have a `probe`, the others a `holds`. */
export type Operator = {
  /** One line for the component reference. */
  readonly summary: string;
  /** Key beside the operator that names what is compared; the operator's own value is then the baseline. */
  readonly subject?: 'value' | 'path';
  /** What was expected instead, for an operand that can never be right. */
  readonly check?: (operand: string) => string | undefined;
} & (
  | { readonly holds: (operand: string, subject: string) => boolean }
  /** Shell text, true or false by its exit status; `probes.ts` has the functions that it may call. */
  | { readonly probe: (operand: string, subject: string) => string }
);

export const operators: Readonly<Record<string, Operator>> = {
  stringIsEmpty: { summary: 'the text has no character', holds: (text) => text === '' },
  stringIsWhitespace: {
    summary: 'the text is white space, and not empty',
    holds: (text) => /^\s+$/.test(text),
  },
  stringEquals: texts('`value` is the text', (order) => order === 0),
  stringLessThan: texts('`value` sorts before the text', (order) => order < 0),
  stringLessThanEquals: texts('`value` is the text or sorts before it', (order) => order <= 0),
  stringGreaterThan: texts('`value` sorts behind the text', (order) => order > 0),
  stringGreaterThanEquals: texts('`value` is the text or sorts behind it', (order) => order >= 0),
  patternMatches: {
    summary: 'the RE2 expression is found in `value`',
    subject: 'value',
    check: patternProblem,
    holds: searches,
  },
  numberEquals: numbers('`value` is the number', (order) => order === 0),
  numberLessThan: numbers('`value` is less', (order) => order < 0),
  numberLessThanEquals: numbers('`value` is the number or less', (order) => order <= 0),
  numberGreaterThan: numbers('`value` is greater', (order) => order > 0),
  numberGreaterThanEquals: numbers('`value` is the number or greater', (order) => order >= 0),
  binaryExists: { summary: 'a program of that name is on PATH, or at that path', probe: probe.binaryExists },
  fileExists: { summary: 'there is a file', probe: probe.fileExists },
  folderExists: { summary: 'there is a folder', probe: probe.folderExists },
  fileMD5Equals: digest('MD5', 'md5sum', 32),
  fileSHA1Equals: digest('SHA1', 'sha1sum', 40),
  fileSHA256Equals: digest('SHA256', 'sha256sum', 64),
  fileSHA512Equals: digest('SHA512', 'sha512sum', 128),
};

export function findOperator(name: string): Operator | undefined {
  return Object.hasOwn(operators, name) ? operators[name] : undefined;
}

function texts(summary: string, accepts: (order: number) => boolean): Operator {
  return { summary, subject: 'value', holds: (text, value) => accepts(compareTexts(value, text)) };
}

function numbers(summary: string, accepts: (order: number) => boolean): Operator {
  return {
    summary,
    subject: 'value',
    check: (operand) => (isNumber(operand) ? undefined : 'a number such as `10` or `-1.5`'),
    holds: (operand, value) => {
      const order = compareNumbers(value, operand);
      return order !== undefined && accepts(order);
    },
  };
}

function digest(algorithm: string, program: string, length: number): Operator {
  const expected = new RegExp(`^[0-9a-f]{${length}}$`, 'i');
  return {
    summary: `the ${algorithm} digest of the file \`path\` is that`,
    subject: 'path',
    check: (operand) => (expected.test(operand) ? undefined : `${length} hex digits`),
    probe: (operand, path) => probe.digestEquals(program, operand, path),
  };
}
