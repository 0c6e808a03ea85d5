import { stripVTControlCharacters } from 'node:util';

const longest = 2000;
const plain = /^[\x20-\x7e]*$/;
/** C0 and C1 controls, direction overrides, line separators: all that could move the cursor or deceive. */
const unsafe = /[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** What a script wrote, as it may be shown: one line without escapes, as it looked after its carriage returns. */
export function cleanLine(line: string, most = longest): string {
  const short = line.length > most ? line.slice(0, most) : line;
  if (plain.test(short)) return short;
  return stripVTControlCharacters(lastOverwrite(short))
    .replaceAll('\t', '    ')
    .replace(unsafe, '')
    .trimEnd();
}

/** Progress bars end each state with a carriage return: the last one that has text counts. */
function lastOverwrite(line: string): string {
  if (!line.includes('\r')) return line;
  const states = line.split('\r');
  return states.findLast((state) => state.trim() !== '') ?? '';
}
