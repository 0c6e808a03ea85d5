import type { Finding } from './types.ts';

export function passed(message: string): Finding {
  return { status: 'passed', message };
}

export function failed(message: string, output?: string): Finding {
  return { status: 'failed', message, ...(output !== undefined && { output }) };
}

/** For what only a virtual machine, started from a disk image, can prove. */
export function needsDisk(what: string): Finding {
  return { status: 'blocked', message: `${what} needs a disk output: a container cannot carry it out` };
}

/** Passed if nothing differs; otherwise one line with all that does. */
export function verdictOn(subject: string, differences: readonly string[], output?: string): Finding {
  if (differences.length === 0) return passed(`${subject} is as expected`);
  return failed(`${subject}: ${differences.join('; ')}`, output);
}

/** In quotes, on one line, at most 120 characters of it. */
export function quoted(text: string): string {
  return JSON.stringify(cut(text, 120)).replace(unprintable, escaped);
}

/** Line breaks, escape sequences and the like become visible: nothing from an image drives a terminal. */
export function oneLine(text: string): string {
  return cut(text, 1000).replaceAll('\n', '\\n').replace(unprintable, escaped);
}

/** The last lines that a person needs to see, a few kilobytes at most. */
export function lastLines(text: string, count = 20): string {
  return text.trimEnd().split('\n').slice(-count).join('\n').slice(-4096);
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
