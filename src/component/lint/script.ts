import type { ListNode, ScalarNode } from '../source.ts';
import { type ScalarPlaces, scalarPlaces } from './scalar-places.ts';
import { lexShell } from './shell/lex.ts';
import type { ShellCommand } from './shell/types.ts';
import type { Edit } from './types.ts';

/** The one script that the `commands` of an ExecuteBash step make, and where its characters stand. */
export interface Script {
  /** The commands, a newline after each. */
  readonly text: string;
  readonly commands: readonly ShellCommand[];
  offsetOf(index: number): number;
  /** Puts text into the script; undefined where the way it is written does not allow that. */
  insert(index: number, added: string): Edit | undefined;
  replace(start: number, end: number, replacement: string): Edit | undefined;
  /** Puts a line before the first. */
  prepend(line: string): Edit | undefined;
}

interface Part {
  readonly node: ScalarNode;
  readonly from: number;
  readonly to: number;
  readonly places: ScalarPlaces;
}

export function readScript(text: string, list: ListNode): Script {
  const parts: Part[] = [];
  let joined = '';
  for (const node of list.items) {
    if (node.kind !== 'scalar') continue;
    const value = String(node.value ?? '');
    const places = scalarPlaces(text, node);
    parts.push({ node, from: joined.length, to: joined.length + value.length, places });
    joined += `${value}\n`;
  }
  const partAt = (index: number) => parts.findLast((part) => part.from <= index) ?? parts[0];
  const offsetOf = (index: number) => {
    const part = partAt(index);
    return part ? part.places.offsetOf(Math.min(index, part.to) - part.from) : list.start;
  };
  const edit = (start: number, end: number, written: string): Edit | undefined => {
    const part = partAt(start);
    if (!part || end > part.to || part.places.style === 'other') return undefined;
    const added = part.places.written(written);
    if (added === undefined || opensPlain(part, start, added)) return undefined;
    return { start: offsetOf(start), end: offsetOf(end), text: added };
  };
  let commands: readonly ShellCommand[] | undefined;
  return {
    text: joined,
    get commands() {
      commands ??= lexShell(joined);
      return commands;
    },
    offsetOf,
    insert: (index, added) => edit(index, index, added),
    replace: (start, end, replacement) => edit(start, end, replacement),
    prepend: (line) => prepend(text, list, parts[0], line),
  };
}

/** A plain scalar must not begin with a quote. */
function opensPlain(part: Part, start: number, added: string): boolean {
  return part.places.style === 'plain' && start === part.from && /^["'[{&*!|>%@`]/.test(added);
}

function prepend(text: string, list: ListNode, first: Part | undefined, line: string): Edit | undefined {
  if (!first) return undefined;
  const { places, node } = first;
  if (places.style === 'block') {
    const at = places.offsetOf(0);
    return { start: at, end: at, text: places.written(`${line}\n`) ?? '' };
  }
  if (text[list.start] === '[') {
    const quote = places.style === 'double' ? '"' : places.style === 'single' ? "'" : '';
    return { start: node.start, end: node.start, text: `${quote}${line}${quote}, ` };
  }
  const lineStart = text.lastIndexOf('\n', node.start) + 1;
  const lead = text.slice(lineStart, node.start);
  return /^ *- +$/.test(lead) ? { start: lineStart, end: lineStart, text: `${lead}${line}\n` } : undefined;
}
