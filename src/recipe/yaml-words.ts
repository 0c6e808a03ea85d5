import type { YamlFault } from './yaml-text.ts';

/** What a syntax error of the YAML library means to the person who wrote the file. */
export function syntaxWords(fault: YamlFault): { readonly message: string; readonly hint?: string } {
  const words = table[fault.code];
  if (words) return typeof words === 'function' ? words(fault) : words;
  const message = fault.message.replace(/\.$/, '');
  return { message: `This is not valid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}.` };
}

type Words = { readonly message: string; readonly hint?: string };

const table: Readonly<Record<string, Words | ((fault: YamlFault) => Words)>> = {
  TAB_AS_INDENT: {
    message: 'A tab stands where indentation should be, and it is not clear what it lines up with.',
    hint: 'Indent with spaces.',
  },
  AMBIGUOUS_TABS: {
    message:
      'A tab is used as indentation, and the lines mean different things with tab stops of 4 and of 8.',
    hint: 'Indent with spaces.',
  },
  TOO_DEEP: (fault) => ({ message: `This is ${fault.message}.`, hint: 'A recipe needs fewer than ten.' }),
  TOO_LONG: (fault) => ({
    message: `Up to here there are ${fault.message}.`,
    hint: 'Keep large contents in files of their own.',
  }),
  MULTIPLE_DOCS: {
    message: 'A second document begins here (`---`); a recipe is one document.',
    hint: 'Put each recipe in a file of its own.',
  },
  YAML_VERSION: (fault) => ({
    message: `${fault.message} is asked for; Gild reads YAML 1.2.`,
    hint: 'Remove the `%YAML` line.',
  }),
  BAD_INDENT: (fault) =>
    /^Flow/.test(fault.message)
      ? {
          message: 'This bracket is never closed.',
          hint: 'Add the closing bracket.',
        }
      : {
          message: 'This line is not indented like its neighbours.',
          hint: 'Fields of one thing start in the same column.',
        },
  BLOCK_AS_IMPLICIT_KEY: (fault) =>
    /sequence/.test(fault.message)
      ? { message: 'A list item stands among fields.', hint: 'Fields of one thing have no dashes.' }
      : {
          message: 'A field begins inside the value of another field.',
          hint: 'Start it on a line of its own, or put the text in quotes if the colon belongs to it.',
        },
  BLOCK_IN_FLOW: {
    message: 'A list with dashes or indented fields cannot stand inside brackets.',
    hint: 'Close the bracket first, or separate with commas.',
  },
  MULTILINE_IMPLICIT_KEY: {
    message: 'The name of a field must be on one line and end with a colon.',
    hint: 'Is a colon missing on this line?',
  },
  KEY_OVER_1024_CHARS: { message: 'The name of a field is longer than 1024 characters.' },
  BAD_SCALAR_START: (fault) => ({
    message: `Text cannot start with \`${fault.message.at(-1)}\`.`,
    hint: 'Put it in quotes.',
  }),
  BAD_DQ_ESCAPE: (fault) => ({
    message: `This is not an escape that YAML knows: ${fault.message.replace(/^Invalid escape sequence /, '')}.`,
    hint: "Use single quotes to keep backslashes: 'C:\\temp'.",
  }),
  MISSING_CHAR: (fault) => missing(fault.message),
  UNEXPECTED_TOKEN: {
    message: 'This is not expected here.',
    hint: 'Look for a missing colon, quote or comma before it.',
  },
  BAD_DIRECTIVE: {
    message: 'A line that starts with `%` is a directive of YAML, and this one is not known.',
  },
  BAD_ALIAS: {
    message: 'An alias (`*name`) or anchor (`&name`) is written wrongly here.',
    hint: 'Put the text in quotes if `*` or `&` belongs to it.',
  },
};

function missing(message: string): Words {
  if (/closing ["']?quote/i.test(message) || /Missing closing ["']/.test(message)) {
    return { message: 'This quote is never closed.', hint: 'Add the closing quote.' };
  }
  if (/end with a [\]}]/i.test(message) || /Expected .*[\]}]/.test(message)) {
    return { message: 'This bracket is never closed.', hint: 'Add the closing bracket.' };
  }
  if (/comma|,/.test(message))
    return { message: 'A comma is missing between two items.', hint: 'Add a comma.' };
  if (/value indicator|:/.test(message))
    return { message: 'A colon or a space after it is missing.', hint: 'Write `name: value`.' };
  return { message: `This is not valid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}.` };
}
