import { createPaint, marksFor } from '../paint.ts';
import type { ProgressMode } from '../types.ts';
import type { Screen } from './live-area.ts';
import type { Progress } from './types.ts';

/** Progress is for people and goes to stderr; `json` is for programs and goes to stdout. */
export async function createProgress(mode: ProgressMode, explain = false): Promise<Progress> {
  const chosen = mode === 'auto' ? automatic() : mode;
  if (chosen === 'json') {
    const { createJsonProgress } = await import('./json.ts');
    return createJsonProgress((text) => void process.stdout.write(text));
  }
  if (chosen === 'plain') {
    const { createPlainProgress } = await import('./plain.ts');
    return createPlainProgress((text) => void process.stderr.write(text));
  }
  const { createTtyProgress } = await import('./tty.ts');
  restoreCursorAtExit();
  return createTtyProgress({
    screen: stderrScreen(),
    paint: createPaint(process.stderr),
    marks: marksFor(),
    explain,
  });
}

function automatic(): 'tty' | 'plain' {
  return process.stderr.isTTY && !process.env.CI && process.env.TERM !== 'dumb' ? 'tty' : 'plain';
}

function stderrScreen(): Screen & { onResize(redraw: () => void): () => void } {
  return {
    get columns() {
      return process.stderr.columns || 80;
    },
    get rows() {
      return process.stderr.rows || 24;
    },
    write: (text) => void process.stderr.write(text),
    onResize(redraw) {
      process.stderr.on('resize', redraw);
      return () => process.stderr.off('resize', redraw);
    },
  };
}

/** Also when a second Ctrl-C or a crash ends the process in the middle of a frame. */
function restoreCursorAtExit(): void {
  process.once('exit', () => process.stderr.write('\x1b[?7h\x1b[?25h'));
}
