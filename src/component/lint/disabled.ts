import type { Node } from '../source.ts';
import type { Subject } from './types.ts';

interface Range {
  readonly start: number;
  readonly end: number;
  readonly rules: readonly string[];
}

const comment = /^(.*?)#\s*gild-lint:\s*disable=([\w,\s-]+?)\s*$/;

/**
 * `# gild-lint: disable=rule,rule` behind something is about that line; alone on a line, about what begins on the next:
 * a step, a phase, a line of a script; before the first key, about the document.
 */
export function findDisabled({ text, root }: Subject): (rule: string, at: number) => boolean {
  if (!text.includes('gild-lint:')) return () => false;
  const ranges: Range[] = [];
  const lines = text.split('\n');
  let offset = 0;
  for (const [index, line] of lines.entries()) {
    const [, before = '', names] = comment.exec(line.replace(/\r$/, '')) ?? [];
    if (names !== undefined) {
      const rules = names.split(',').map((name) => name.trim());
      ranges.push({ rules, ...rangeOf({ lines, index, offset, before, root }) });
    }
    offset += line.length + 1;
  }
  return (rule, at) =>
    ranges.some(({ start, end, rules }) => start <= at && at < end && rules.includes(rule));
}

function rangeOf(comment: {
  readonly lines: readonly string[];
  readonly index: number;
  readonly offset: number;
  readonly before: string;
  readonly root: Node;
}): { start: number; end: number } {
  const { lines, index, offset, before, root } = comment;
  const line = lines[index] ?? '';
  if (before.trim() !== '') return { start: offset, end: offset + line.length };
  if (offset < root.start) return { start: 0, end: Number.POSITIVE_INFINITY };
  let start = offset + line.length + 1;
  let next = index + 1;
  while (next < lines.length && /^\s*(#|$)/.test(lines[next] ?? ''))
    start += (lines[next++] ?? '').length + 1;
  const end = start + (lines[next] ?? '').length;
  return { start, end: Math.max(end, endOfBeginning(root, start, end)) };
}

/** Where the largest thing ends that begins between two offsets: an entry of a list or of a map. */
function endOfBeginning(node: Node, start: number, end: number): number {
  const begins = (offset: number) => start <= offset && offset < end;
  if (node.kind === 'scalar') return 0;
  if (node.kind === 'list') return Math.max(0, ...node.items.map((item) => endOfBeginning(item, start, end)));
  if (begins(node.start)) return node.end;
  const inner = node.entries.map(({ keyStart, value }) =>
    begins(keyStart) ? value.end : endOfBeginning(value, start, end),
  );
  return Math.max(0, ...inner);
}
