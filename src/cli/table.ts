import { textWidth } from './progress/text-width.ts';

/** Columns as wide as their widest cell, two spaces apart; cells may hold colours. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, textWidth(cell));
    });
  }
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - textWidth(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** As `formatTable`, no wider than `columns`: the cells of one column are cut short where that helps. */
export function fitTable(
  rows: readonly (readonly string[])[],
  { columns, shrink }: { readonly columns: number; readonly shrink: number },
): string {
  const width = Math.max(0, ...formatTable(rows).split('\n').map(textWidth));
  const widest = Math.max(0, ...rows.map((row) => textWidth(row[shrink] ?? '')));
  const room = Math.max(leastRoom, widest - (width - columns));
  if (width <= columns || room >= widest) return formatTable(rows);
  return formatTable(
    rows.map((row) => row.map((cell, index) => (index === shrink ? shorten(cell, room) : cell))),
  );
}

const leastRoom = 10;

/** Cells that are cut hold no colours. */
function shorten(cell: string, room: number): string {
  return textWidth(cell) <= room ? cell : `${[...cell].slice(0, room - 1).join('')}…`;
}
