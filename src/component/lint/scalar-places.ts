import type { ScalarNode } from '../source.ts';

/** How the characters of a scalar's value lie in the text of the document. */
export interface ScalarPlaces {
  readonly style: 'plain' | 'single' | 'double' | 'block' | 'other';
  /** Offset into the text; the beginning of the scalar where it cannot be told. */
  offsetOf(index: number): number;
  /** Text that must be written there to add it to the value; undefined where nothing can be added. */
  written(added: string): string | undefined;
}

export function scalarPlaces(text: string, node: ScalarNode): ScalarPlaces {
  const value = String(node.value ?? '');
  const raw = text.slice(node.start, node.end);
  if (raw === value)
    return exact('plain', node.start, (added) => (/["'#:\n]\s|\n/.test(added) ? undefined : added));
  if (/^[|>]/.test(raw)) return block(text, node, value);
  const inner = raw.slice(1, -1);
  if (raw.startsWith("'") && !raw.includes('\n')) return quoted('single', inner, node.start + 1, value);
  if (raw.startsWith('"') && !raw.includes('\n')) return quoted('double', inner, node.start + 1, value);
  return { style: 'other', offsetOf: () => node.start, written: () => undefined };
}

function exact(style: ScalarPlaces['style'], start: number, written: ScalarPlaces['written']): ScalarPlaces {
  return { style, offsetOf: (index) => start + index, written };
}

/** Escapes make the text longer than the value: one character of it is one escape. */
function quoted(style: 'single' | 'double', inner: string, start: number, value: string): ScalarPlaces {
  const unit = style === 'single' ? /''|[\s\S]/g : /\\(?:x..|u.{4}|U.{8}|[\s\S])|[\s\S]/gu;
  const starts: number[] = [];
  let length = 0;
  for (const { 0: piece, index } of inner.matchAll(unit)) {
    starts.push(index);
    length = index + piece.length;
  }
  const whole = starts.length === value.length;
  return {
    style,
    offsetOf: (index) => start + (whole ? (starts[index] ?? length) : 0),
    written: (added) => {
      if (!whole || added.includes('\n')) return undefined;
      return style === 'single' ? added.replaceAll("'", "''") : added.replaceAll(/["\\]/g, '\\$&');
    },
  };
}

/** Below `|`, the lines of the text are those of the value, further in. */
function block(text: string, node: ScalarNode, value: string): ScalarPlaces {
  const first = text.indexOf('\n', node.start) + 1;
  const lines = text.slice(first, node.end).split('\n');
  const values = value.split('\n');
  const sample = values.findIndex((line) => line.trim() !== '');
  const indent = Math.max(0, trimEnd(lines[sample]).length - trimEnd(values[sample]).length);
  const alike = values.every(
    (line, index) => line === '' || trimEnd(lines[index]).slice(indent) === trimEnd(line),
  );
  if (text[node.start] !== '|' || !alike) {
    return { style: 'other', offsetOf: () => node.start, written: () => undefined };
  }
  const starts: number[] = [first];
  for (const line of lines) starts.push((starts.at(-1) ?? first) + line.length + 1);
  return {
    style: 'block',
    offsetOf: (index) => {
      const before = value.slice(0, index);
      const line = before.split('\n').length - 1;
      return (starts[line] ?? node.start) + indent + before.length - (before.lastIndexOf('\n') + 1);
    },
    written: (added) => added.replaceAll('\n', `\n${' '.repeat(indent)}`),
  };
}

function trimEnd(line: string | undefined): string {
  return (line ?? '').trimEnd();
}
