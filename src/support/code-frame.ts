import type { SourcePosition } from '../model/position.ts';

const widest = 160;

/** The line at fault with two lines before and one after, numbered, and a marker under the column. */
export function codeFrame(text: string, at: SourcePosition): string {
  const lines = text.split(/\r?\n/);
  const first = Math.max(1, at.line - 2);
  const last = Math.min(lines.length, at.line + 1);
  const gutter = String(last).length;
  const rows: string[] = [];
  for (let number = first; number <= last; number++) {
    const line = (lines[number - 1] ?? '').slice(0, widest);
    const mark = number === at.line ? '>' : ' ';
    rows.push(`${mark} ${String(number).padStart(gutter)} | ${line.replaceAll('\t', '    ')}`.trimEnd());
    if (number === at.line && at.column <= widest) {
      const before = line.slice(0, at.column - 1).replaceAll('\t', '    ');
      rows.push(`  ${' '.repeat(gutter)} | ${' '.repeat(before.length)}^`);
    }
  }
  return rows.join('\n');
}
