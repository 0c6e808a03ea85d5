import type { Entry, MapNode, Node } from './source.ts';

/** The plain value behind a node. */
export function plainOf(node: Node): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainOf);
  return Object.fromEntries(node.entries.map((entry) => [entry.key, plainOf(entry.value)]));
}

/** Plain data as nodes; numbers become text as they do in YAML. They have no place unless `startOf` gives them one. */
export function nodeOf(value: unknown, startOf: (path: Path) => number = () => 0, path: Path = []): Node {
  const start = startOf(path);
  const place = { start, end: start };
  const inside = (inner: unknown, key: string | number) => nodeOf(inner, startOf, [...path, key]);
  if (Array.isArray(value)) return { kind: 'list', items: value.map(inside), ...place };
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => ({ key, keyStart: start, value: inside(inner, key) }));
    return { kind: 'map', entries, ...place };
  }
  if (typeof value === 'boolean' || value === null || value === undefined) {
    return { kind: 'scalar', value: value ?? null, ...place };
  }
  return { kind: 'scalar', value: String(value), ...place };
}

type Path = readonly (string | number)[];

export function entryOf(node: MapNode, key: string): Entry | undefined {
  return node.entries.find((entry) => entry.key === key);
}

/** The value under a key; a key without a value counts as absent. */
export function childOf(node: MapNode, key: string): Node | undefined {
  const value = entryOf(node, key)?.value;
  return value && isEmpty(value) ? undefined : value;
}

export function isEmpty(node: Node): boolean {
  return node.kind === 'scalar' && node.value === null;
}

/** What stands at a path, or the last thing on the way there that exists; the offset is of its key if asked for. */
export function offsetAt(node: Node, path: readonly (string | number)[], target: 'key' | 'value'): number {
  let current = node;
  let offset = node.start;
  for (const [index, segment] of path.entries()) {
    if (typeof segment === 'number') {
      const item = current.kind === 'list' ? current.items[segment] : undefined;
      if (!item) return offset;
      current = item;
      offset = item.start;
      continue;
    }
    const entry = current.kind === 'map' ? entryOf(current, segment) : undefined;
    if (!entry) return offset;
    const last = index === path.length - 1;
    offset = last && target === 'key' ? entry.keyStart : entry.value.start;
    current = entry.value;
  }
  return offset;
}

/** Every scalar that is text, in order. */
export function* textsOf(node: Node): Generator<{ readonly node: Node; readonly text: string }> {
  if (node.kind === 'scalar') {
    if (typeof node.value === 'string') yield { node, text: node.value };
  } else if (node.kind === 'list') {
    for (const item of node.items) yield* textsOf(item);
  } else {
    for (const entry of node.entries) yield* textsOf(entry.value);
  }
}

/** For messages: `a list`. */
export function describe(node: Node): string {
  if (node.kind === 'map') return 'a map';
  if (node.kind === 'list') return 'a list';
  if (node.value === null) return 'nothing';
  if (typeof node.value === 'boolean') return `\`${node.value}\``;
  const line = node.value.split('\n')[0] ?? '';
  return `\`${line.length > 40 ? `${line.slice(0, 40)}…` : line}\``;
}
