import { type Document, isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import type { SourcePosition } from '../model/position.ts';
import { codeFrame } from '../support/code-frame.ts';
import type { Problems } from './problems.ts';
import type { Path, Source } from './source.ts';
import { expandTabs, hasTabs } from './tabs.ts';
import { readYaml, type YamlText } from './yaml-text.ts';
import { keyText, type Pairs, yamlValues } from './yaml-values.ts';
import { syntaxWords } from './yaml-words.ts';

export interface YamlOptions {
  readonly file: string;
  readonly problems: Problems;
  /** Whether a plain value at this path is taken as written: `0755`, not 755. */
  readonly asWritten: (path: Path) => boolean;
  /** Called for paths whose value cannot be known; that was already said. */
  readonly lost: (path: Path) => void;
}

/** Reads YAML or JSON. What is wrong with it goes to `problems`; then the data is not to be relied on. */
export function yamlSource(text: string, options: YamlOptions): Source {
  const { file, problems } = options;
  const { yaml, tabLines, column } = readWithTabs(text);
  const { document, lines } = yaml;
  const position = (offset: number): SourcePosition => {
    const { line, col } = lines.linePos(Math.min(offset, yaml.text.length));
    return line === 0 ? { file, line: 1, column: 1 } : { file, line, column: column(line, col) };
  };
  const frame = (at: SourcePosition): string => codeFrame(text, at);
  const bare: Source = {
    file,
    data: undefined,
    position: () => ({ file, line: 1, column: 1 }),
    positionInside: () => ({ file, line: 1, column: 1 }),
    written: () => undefined,
    frame,
  };
  const said = new Set<number>();
  for (const fault of yaml.errors) {
    const at = position(fault.offset);
    if (!said.has(at.line)) problems.add(bare, { path: [], at, ...syntaxWords(fault) });
    said.add(at.line);
  }
  if (yaml.errors.length > 0) return bare;
  let cut = false;
  const data = yamlValues(document, {
    asWritten: options.asWritten,
    line: (offset) => position(offset).line,
    fault: ({ offset, lost, fatal, ...words }) => {
      problems.add(bare, { path: [], at: position(offset), ...words });
      if (lost) options.lost(lost);
      cut ||= fatal === true;
    },
  });
  if (cut) return bare;
  const source: Source = {
    file,
    data,
    position: (path, part = 'value') => position(offsetOf(document, path, part)),
    positionInside: (path, fragment, occurrence) => {
      const { node } = find(document, path);
      const [from, to] = node?.range ?? [0, 0];
      let offset = yaml.text.indexOf(fragment, from);
      for (let n = 0; n < occurrence && offset >= 0; n++)
        offset = yaml.text.indexOf(fragment, offset + fragment.length);
      return position(offset < 0 || offset >= to ? from : offset);
    },
    written: (path) => {
      const { node, exact } = find(document, path);
      return exact && isScalar(node) && node.type === 'PLAIN' ? node.source : undefined;
    },
    frame,
  };
  if (tabLines.length > 0) {
    problems.warn(source, 'TABS', {
      path: [],
      at: position(lines.lineStarts[(tabLines[0] ?? 1) - 1] ?? 0),
      message: `Tabs are used as indentation in ${lineNumbers(tabLines)}.`,
      hint: 'They were read as an editor shows them; spaces leave no doubt.',
    });
  }
  return source;
}

interface Read {
  readonly yaml: YamlText;
  /** Lines whose tabs were replaced. */
  readonly tabLines: readonly number[];
  readonly column: (line: number, column: number) => number;
}

/** YAML forbids tabs as indentation. They are read as editors show them, if that leaves one meaning. */
function readWithTabs(text: string): Read {
  const yaml = readYaml(text);
  const asItStands: Read = { yaml, tabLines: [], column: (_line, column) => column };
  if (yaml.errors.length === 0 || yaml.errors[0]?.code === 'TOO_LONG' || !hasTabs(text)) return asItStands;
  const reads = [4, 8, 2].map((width): Read => {
    const expanded = expandTabs(text, width);
    return { yaml: readYaml(expanded.text), tabLines: expanded.lines, column: expanded.originalColumn };
  });
  const [four, eight] = reads;
  const best = reads.find((read) => read.yaml.errors.length === 0);
  if (!best) return four ?? asItStands;
  if (best === four && eight?.yaml.errors.length === 0 && !sameMeaning(four.yaml, eight.yaml)) {
    const offset = yaml.lines.lineStarts[(four.tabLines[0] ?? 1) - 1] ?? 0;
    return { ...asItStands, yaml: { ...yaml, errors: [{ offset, code: 'AMBIGUOUS_TABS', message: '' }] } };
  }
  return best;
}

function sameMeaning(a: YamlText, b: YamlText): boolean {
  const quiet = { asWritten: () => false, fault: () => {}, line: () => 1 };
  return JSON.stringify(yamlValues(a.document, quiet)) === JSON.stringify(yamlValues(b.document, quiet));
}

function offsetOf(document: Document.Parsed, path: Path, part: 'key' | 'value'): number {
  const { node, key, exact } = find(document, path);
  const value = node?.range?.[0];
  const preferred = part === 'key' || !exact || isEmpty(node) ? key?.range?.[0] : undefined;
  return preferred ?? value ?? key?.range?.[0] ?? 0;
}

function isEmpty(node: Node | null): boolean {
  return isScalar(node) && node.value === null && (node.source ?? '') === '';
}

/** The node at `path`, or the nearest one around it (`exact` is false then), with its key. */
function find(
  document: Document.Parsed,
  path: Path,
): { node: Node | null; key: Node | null; exact: boolean } {
  let node: Node | null = document.contents;
  let key: Node | null = null;
  for (const step of path) {
    const inner: Node | null | undefined = isAlias(node)
      ? (node.resolve(document) as Node | undefined)
      : node;
    if (isMap(inner)) {
      const pair = (inner.items as Pairs).find((candidate) => keyText(candidate.key) === String(step));
      if (!pair) return { node, key, exact: false };
      key = pair.key;
      node = pair.value;
    } else if (isSeq(inner) && typeof step === 'number' && step < inner.items.length) {
      key = null;
      node = inner.items[step] as Node;
    } else {
      return { node, key, exact: false };
    }
  }
  return { node, key, exact: true };
}

/** line 4; lines 4, 7-9 and 12 */
function lineNumbers(lines: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const line of lines) {
    const last = ranges.at(-1);
    if (last && last[1] === line - 1) last[1] = line;
    else ranges.push([line, line]);
  }
  const words = ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
  if (lines.length === 1) return `line ${words[0]}`;
  return `lines ${words.length === 1 ? words[0] : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`}`;
}
