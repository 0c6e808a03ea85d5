import { stripVTControlCharacters } from 'node:util';
import { createLineStream } from '../support/line-stream.ts';

/** What a machine writes to its serial console, and the login prompts in it. */
export interface Console {
  push(chunk: Buffer): void;
  end(): void;
  /** The machine begins anew. */
  restart(): void;
  /** Login prompts seen since the machine last began. */
  prompts(): number;
  /** Settles at the next login prompt. */
  nextPrompt(): Promise<void>;
  /** Settles when the system has given up booting. */
  readonly gaveUp: Promise<void>;
  /** As people see it: the last lines, no escape sequences. */
  lastScreen(): string;
}

/** After which no login prompt will come. */
const dead = [
  /Kernel panic - not syncing/,
  /^\(initramfs\) *$/,
  /You are in emergency mode/,
  /Give root password for maintenance/,
  /^grub( rescue)?> *$/,
  /Press any key to continue\.\.\.$/,
];

const rows = 25;
const keptLines = 2000;

/** `debian login: `, without an end of line until somebody else writes behind it. */
const prompt = /^(?!Last )\S+ login: |(^|\s)login: *$/;

export function createConsole(onLines: (lines: readonly string[]) => void): Console {
  const kept: string[] = [];
  const stream = createLineStream((text) => text);
  let line = '';
  let prompts = 0;
  let next = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const take = (whole: readonly string[]) => {
    const shown = whole.map(plain);
    if (shown.length === 0) return;
    kept.push(...shown);
    kept.splice(0, kept.length - keptLines);
    onLines(shown);
    if (shown.some(isDead)) end.resolve();
  };
  const seePrompt = () => {
    prompts++;
    next.resolve();
    next = Promise.withResolvers();
  };
  return {
    push: (chunk) => {
      take(stream.push(chunk));
      const known = prompt.test(plain(line));
      const [first = '', ...others] = (line + chunk.toString('latin1')).split('\n');
      line = (others.at(-1) ?? first).slice(0, 1000);
      if (isDead(plain(line))) end.resolve();
      if (!known && prompt.test(plain(first))) seePrompt();
      for (const other of others) if (prompt.test(plain(other))) seePrompt();
    },
    end: () => take(stream.end()),
    restart: () => {
      prompts = 0;
    },
    prompts: () => prompts,
    nextPrompt: () => next.promise,
    gaveUp: end.promise,
    lastScreen: () =>
      [...kept, plain(line)]
        .filter((text) => text.trim() !== '')
        .slice(-rows)
        .join('\n'),
  };
}

function isDead(line: string): boolean {
  return dead.some((pattern) => pattern.test(line));
}

function plain(line: string): string {
  return stripVTControlCharacters(line).replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '');
}
