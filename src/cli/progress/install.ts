import { createPaint, marksFor } from '../paint.ts';
import { formatSeconds } from '../units.ts';
import { cleanLine } from './clean-line.ts';
import { createLiveArea } from './live-area.ts';
import { fitWidth } from './text-width.ts';

/** Shows a package manager at work: its last lines on a terminal, all of them elsewhere. */
export function showInstall(packages: readonly string[]): { line(text: string): void; close(): void } {
  const paint = createPaint(process.stderr);
  const { bar } = marksFor();
  if (!process.stderr.isTTY || process.env.CI) {
    return { line: (text) => void process.stderr.write(`  ${bar} ${cleanLine(text)}\n`), close: () => {} };
  }
  const started = performance.now();
  const columns = () => process.stderr.columns || 80;
  const area = createLiveArea({
    get columns() {
      return columns();
    },
    get rows() {
      return process.stderr.rows || 24;
    },
    write: (text) => void process.stderr.write(text),
  });
  let tail: readonly string[] = [];
  const timer = setInterval(draw, 100);
  process.once('exit', area.clear);
  return {
    line: (text) => {
      tail = [...tail, text].slice(-5);
    },
    close: () => {
      clearInterval(timer);
      area.clear();
    },
  };

  function draw(): void {
    const elapsed = formatSeconds((performance.now() - started) / 1000);
    const title = fitWidth(`Installing ${packages.join(', ')}`, columns() - elapsed.length - 4);
    const lines = tail.map((text) => paint('dim', `  ${bar} ${fitWidth(cleanLine(text), columns() - 6)}`));
    area.draw([], [`${title}  ${paint('dim', elapsed)}`, ...lines]);
  }
}
