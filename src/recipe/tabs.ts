/** A text whose indentation was rewritten without tabs. */
export interface Expanded {
  readonly text: string;
  /** Numbers of the lines that changed, from 1. */
  readonly lines: readonly number[];
  /** The column in the original text, from 1. */
  originalColumn(line: number, column: number): number;
}

/** Whether any line's leading white space holds a tab. */
export function hasTabs(text: string): boolean {
  return /^ *\t/m.test(text);
}

/** Replaces tabs in indentation as an editor with that tab width shows them; tabs in block texts stay. */
export function expandTabs(text: string, width: number): Expanded {
  const lines = text.split('\n');
  const shifts = new Map<number, { readonly from: number; readonly to: number }>();
  let block: Block | undefined;
  for (const [index, line] of lines.entries()) {
    const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
    const blank = indent.length === line.trimEnd().length;
    if (block && !blank && !belongs(block, indent, width)) block = undefined;
    if (blank) continue;
    if (block) block.indent ??= firstIndent(block, indent, width);
    const own = block?.indent ? portion(indent, block.indent, width) : indent;
    if (own.includes('\t')) {
      const spaces = ' '.repeat(columns(own, width));
      lines[index] = spaces + line.slice(own.length);
      shifts.set(index + 1, { from: own.length, to: spaces.length });
    }
    if (!block && opensBlock.test(line)) block = { parent: columns(indent, width) };
  }
  return {
    text: lines.join('\n'),
    lines: [...shifts.keys()],
    originalColumn: (line, column) => {
      const shift = shifts.get(line);
      if (!shift) return column;
      return column > shift.to ? column - shift.to + shift.from : Math.min(column, shift.from + 1);
    },
  };
}

/** A block text (`|` or `>`) that the lines below belong to. */
interface Block {
  /** Columns of indentation of the line that opens it. */
  readonly parent: number;
  /** White space of its first line that is indentation, not content. */
  indent?: string;
}

const opensBlock = /(?:^\s*|[:?-][ \t]+)(?:[&!]\S+[ \t]+)*[|>](?:[+-]?[1-9]?|[1-9][+-])[ \t]*(?:#.*)?\r?$/;

function belongs(block: Block, indent: string, width: number): boolean {
  return columns(indent, width) > block.parent;
}

/** YAML counts spaces alone; where those do not reach, the person indented with tabs. */
function firstIndent(block: Block, indent: string, width: number): string {
  const spaces = /^ */.exec(indent)?.[0] ?? '';
  return columns(spaces, width) > block.parent ? spaces : indent;
}

/** The part of a line's white space that reaches the block's indentation. */
function portion(indent: string, wanted: string, width: number): string {
  if (indent.startsWith(wanted)) return wanted;
  let length = 0;
  while (length < indent.length && columns(indent.slice(0, length), width) < columns(wanted, width)) length++;
  return indent.slice(0, length);
}

function columns(indent: string, width: number): number {
  let column = 0;
  for (const character of indent)
    column = character === '\t' ? (Math.floor(column / width) + 1) * width : column + 1;
  return column;
}
