import type { Screen } from './live-area.ts';

/** A terminal in memory that understands what live areas write, and refuses everything else. */
export interface TestScreen extends Screen {
  onResize(redraw: () => void): () => void;
  /** What a person sees, scrolled-off lines included. */
  text(): string;
  readonly cursorVisible: boolean;
}

export function createTestScreen(columns: number, rows = 24): TestScreen {
  const lines: string[] = [''];
  let row = 0;
  let cursorVisible = true;
  return {
    columns,
    rows,
    get cursorVisible() {
      return cursorVisible;
    },
    write(text) {
      for (const [token] of text.matchAll(/\x1b\[[?\d;]*[A-Za-z]|\n|\r|[^\x1b\n\r]+/g)) apply(token);
    },
    onResize: () => () => {},
    text: () => lines.join('\n').trimEnd(),
  };

  function apply(token: string): void {
    const up = /^\x1b\[(\d+)A$/.exec(token);
    if (up) row = Math.max(0, row - Number(up[1]));
    else if (token === '\n') lines[++row] ??= '';
    else if (token === '\r' || token === '\x1b[K') return;
    else if (token === '\x1b[J') lines.splice(row, lines.length, '');
    else if (token === '\x1b[?25l') cursorVisible = false;
    else if (token === '\x1b[?25h') cursorVisible = true;
    else if (/^\x1b\[\?(7|2026)[hl]$/.test(token)) return;
    else if (token.startsWith('\x1b')) throw new Error(`unknown escape ${JSON.stringify(token)}`);
    else lines[row] = token;
  }
}
