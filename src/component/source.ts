import type { SourcePosition } from '../model/position.ts';
import { codeFrame } from '../support/code-frame.ts';
import { type ErrorCode, GildError } from '../support/errors.ts';

/** A value of a document, with where it stands: `start` and `end` are offsets into the text. */
export type Node = MapNode | ListNode | ScalarNode;

interface Placed {
  readonly start: number;
  readonly end: number;
}

export interface MapNode extends Placed {
  readonly kind: 'map';
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly key: string;
  readonly keyStart: number;
  readonly value: Node;
}

export interface ListNode extends Placed {
  readonly kind: 'list';
  readonly items: readonly Node[];
}

/** Numbers are kept as they were written, so that `0755` and `1.10` stay what they are. */
export interface ScalarNode extends Placed {
  readonly kind: 'scalar';
  readonly value: string | boolean | null;
}

/** Turns offsets into positions and collects everything that is wrong, so that all of it is told in one go. */
export interface Source {
  readonly file: string;
  position(offset: number): SourcePosition;
  /** Where `part` stands inside a scalar; the scalar's own place if it cannot be told. */
  locate(node: Node, part: string): number;
  error(offset: number, message: string, hint?: string): void;
  warn(offset: number, message: string, hint?: string): void;
  readonly errors: readonly GildError[];
  readonly warnings: readonly GildError[];
}

export function createSource(text: string, file: string): Source {
  const starts = lineStarts(text);
  return collect(
    file,
    (offset) => {
      const line = lastAtMost(starts, offset);
      return { file, line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
    },
    (at) => codeFrame(text, at),
    (node, part) => {
      const found = text.slice(node.start, node.end).indexOf(part);
      return node.start + Math.max(found, 0);
    },
  );
}

/** For plain data that came out of another file: offsets are whatever `position` makes of them. */
export function createSourceOf(file: string, position: (offset: number) => SourcePosition): Source {
  return collect(
    file,
    position,
    () => undefined,
    (node) => node.start,
  );
}

function collect(
  file: string,
  position: (offset: number) => SourcePosition,
  frame: (at: SourcePosition) => string | undefined,
  locate: Source['locate'],
): Source {
  const errors: GildError[] = [];
  const warnings: GildError[] = [];
  const make = (offset: number, message: string, hint: string | undefined) => {
    const at = position(offset);
    const lines = frame(at);
    const code: ErrorCode = 'COMPONENT_INVALID';
    return new GildError({ code, message, at, ...(hint && { hint }), ...(lines && { frame: lines }) });
  };
  return {
    file,
    position,
    locate,
    errors,
    warnings,
    error: (offset, message, hint) => void errors.push(make(offset, message, hint)),
    warn: (offset, message, hint) => void warnings.push(make(offset, message, hint)),
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lastAtMost(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
