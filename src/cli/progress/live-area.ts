import { textWidth } from './text-width.ts';

/** What a live area needs of a terminal. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  write(text: string): void;
}

/** The lower end of a terminal, drawn over and over; lines printed for good go above it. */
export interface LiveArea {
  /** Prints `above` for good and draws `lines` below, in one write. */
  draw(above: readonly string[], lines: readonly string[]): void;
  /** Takes the area off the screen and shows the cursor again. */
  clear(): void;
}

const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
const wrapOff = '\x1b[?7l';
const wrapOn = '\x1b[?7h';
const beginFrame = '\x1b[?2026h';
const endFrame = '\x1b[?2026l';
const toLineEnd = '\x1b[K';
const toScreenEnd = '\x1b[J';

export function createLiveArea(screen: Screen): LiveArea {
  let drawn: readonly number[] = [];
  let active = false;

  return {
    draw(above, lines) {
      const frame = `${home()}${joined(above)}${wrapOff}${joined(lines)}${wrapOn}${toScreenEnd}`;
      screen.write(`${beginFrame}${hideCursor}${frame}${endFrame}`);
      drawn = lines.map(textWidth);
      active = true;
    },
    clear() {
      if (!active) return;
      screen.write(`${home()}${toScreenEnd}${wrapOn}${showCursor}`);
      drawn = [];
      active = false;
    },
  };

  /** A terminal that became narrower has folded the lines drawn before: each takes several rows now. */
  function home(): string {
    const rows = drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / screen.columns)), 0);
    return rows > 0 ? `\r\x1b[${Math.min(rows, screen.rows - 1)}A` : '\r';
  }
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}${toLineEnd}\n`).join('');
}
