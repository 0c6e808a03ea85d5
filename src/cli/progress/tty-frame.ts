import type { Verdict } from '../../model/artifact.ts';
import type { Marks } from '../paint.ts';
import type { Paint, Style } from '../types.ts';
import { formatSeconds } from '../units.ts';
import { cleanLine } from './clean-line.ts';
import type { RunView, StepView } from './run-view.ts';
import { fitWidth, textWidth } from './text-width.ts';

export interface Look {
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
  readonly marks: Marks;
}

/** Lines are wide enough to read and narrow enough to find the seconds at their end. */
const widest = 96;

/** What moves: the steps not yet done, with their parts and their last lines. Never more than the screen holds. */
export function liveLines(view: RunView, firstRoot: number, now: number, look: Look): readonly string[] {
  const lines = view.roots.slice(firstRoot).flatMap((root) => stepLines(root, now, 0, look));
  const room = Math.max(3, look.rows - 2);
  if (lines.length <= room) return lines;
  const hidden = lines.length - room + 1;
  return [look.paint('dim', `  ... ${hidden} lines above`), ...lines.slice(-(room - 1))];
}

/** What stays of a finished step: a line, and one for each test; of a failed one also its parts. */
export function finishedLines(step: StepView, look: Look, depth = 0): readonly string[] {
  const status = step.status === 'success' && step.verdicts.some(isBad) ? 'failed' : step.status;
  const own = [stepLine({ ...step, status }, step.seconds, depth, look), ...verdictLines(step, depth, look)];
  if (step.status !== 'failed' && step.status !== 'cancelled') return own;
  return [...own, ...step.children.flatMap((child) => finishedLines(child, look, depth + 1))];
}

function stepLines(step: StepView, now: number, depth: number, look: Look): readonly string[] {
  if (step.status !== 'running') return finishedLines(step, look, depth);
  const own = stepLine(step, Math.max(0, (now - step.startedAt) / 1000), depth, look);
  const parts = step.children.flatMap((child) => stepLines(child, now, depth + 1, look));
  const working = step.children.some((child) => child.status === 'running');
  const found = verdictLines(step, depth, look);
  return [own, ...parts, ...found, ...(working ? [] : tailLines(step, depth, look))];
}

function verdictLines({ verdicts }: StepView, depth: number, look: Look): readonly string[] {
  return verdicts.map((verdict) => {
    const { name: title, message: detail, seconds } = verdict;
    return stepLine({ title, detail, status: verdictStatus(verdict) }, seconds, depth + 1, look);
  });
}

function isBad({ status }: Verdict): boolean {
  return status !== 'passed';
}

interface Shown extends Pick<StepView, 'title' | 'detail'> {
  readonly status: keyof typeof remarks;
}

function verdictStatus({ status, reused }: Verdict): Shown['status'] {
  if (status === 'passed') return reused ? 'reused' : 'success';
  return status;
}

function stepLine(step: Shown, seconds: number, depth: number, look: Look): string {
  const { paint, marks } = look;
  const width = Math.min(look.columns - 1, widest);
  const took = `${remarks[step.status]}${formatSeconds(seconds)}`;
  const indent = '  '.repeat(depth);
  const room = Math.max(1, width - indent.length - 2 - took.length - 2);
  const title = fitWidth(cleanLine(step.title), room);
  const detail = step.detail ? fitWidth(cleanLine(step.detail), room - textWidth(title) - 2) : '';
  const text = detail ? `${title}  ${paint('dim', detail)}` : title;
  const gap = ' '.repeat(Math.max(1, width - indent.length - 2 - textWidth(text) - took.length));
  const mark = paint(colours[step.status], marks[step.status === 'blocked' ? 'ignored' : step.status]);
  const strong = step.status === 'running' && depth === 0 ? paint('bold', text) : text;
  return `${indent}${mark} ${strong}${gap}${paint('dim', took)}`;
}

function tailLines(step: StepView, depth: number, look: Look): readonly string[] {
  const indent = '  '.repeat(depth + 1);
  const room = look.columns - 1 - indent.length - 2;
  return step.tail.map(
    (line) => `${indent}${look.paint('dim', `${look.marks.bar} ${fitWidth(cleanLine(line), room)}`)}`,
  );
}

const remarks = {
  running: '',
  success: '',
  failed: 'failed ',
  ignored: 'failed, ignored ',
  skipped: 'skipped ',
  reused: 'reused ',
  cancelled: 'cancelled ',
  blocked: 'blocked ',
} as const satisfies Record<StepView['status'] | 'blocked', string>;

const colours = {
  running: 'cyan',
  success: 'green',
  failed: 'red',
  ignored: 'yellow',
  skipped: 'gray',
  reused: 'green',
  cancelled: 'yellow',
  blocked: 'yellow',
} as const satisfies Record<Shown['status'], Style>;
