import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type ParsedNode } from 'yaml';
import { nearest } from '../support/nearest.ts';
import type { Path } from './source.ts';
import { code } from './words.ts';

/** Something that YAML allows and recipes do not. */
export interface ValueFault {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
  /** There is no value because of it. */
  readonly lost?: Path;
  /** The rest was not read. */
  readonly fatal?: boolean;
}

export interface ReadOptions {
  /** Whether a plain value at this path is taken as written: `0755`, not 755. */
  readonly asWritten: (path: Path) => boolean;
  readonly fault: (fault: ValueFault) => void;
  /** Line of an offset, for messages that name a second place. */
  readonly line: (offset: number) => number;
}

const mostAliases = 100;
const mostValues = 50_000;
const plainTags = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/;

/** Turns the document into plain data, saying all that is not allowed in it. */
export function yamlValues(document: Document.Parsed<ParsedNode>, options: ReadOptions): unknown {
  const { fault } = options;
  const path: (string | number)[] = [];
  const open = new Set<Node>();
  const anchors = new Map<string, Node>();
  let aliases = 0;
  let values = 0;

  const value = (node: Node | null | undefined): unknown => {
    if (!node) return null;
    if (++values > mostValues) {
      if (values === mostValues + 1)
        fault({
          offset: start(node),
          message: `There are more than ${mostValues} values up to here.`,
          fatal: true,
        });
      return null;
    }
    if (isAlias(node)) return aliased(node);
    if (node.tag && !plainTags.test(node.tag)) {
      const tag = node.tag.replace('tag:yaml.org,2002:', '!!');
      fault({
        offset: start(node),
        message: `Tags such as ${code(tag)} are not part of the recipe language.`,
        hint: 'Write a plain value.',
      });
    }
    if ('anchor' in node && node.anchor) anchors.set(node.anchor, node);
    if (isScalar(node)) return scalar(node.value, node.source, node.type === 'PLAIN');
    open.add(node);
    const result = isSeq(node)
      ? list(node.items as Node[])
      : isMap(node)
        ? fields(node.items as Pairs)
        : null;
    open.delete(node);
    return result;
  };

  const aliased = (node: Node & { source: string }): unknown => {
    const target = anchors.get(node.source);
    const offset = start(node);
    if (!target) {
      const similar = nearest(node.source, anchors.keys());
      const hint = similar
        ? `Did you mean ${code(`*${similar}`)}?`
        : 'Put the text in quotes if `*` belongs to it.';
      fault({
        offset,
        message: `There is no anchor ${code(`&${node.source}`)} before this.`,
        hint,
        lost: [...path],
      });
      return null;
    }
    if (open.has(target)) {
      fault({
        offset,
        message: `${code(`*${node.source}`)} stands inside what it stands for.`,
        lost: [...path],
      });
      return null;
    }
    if (++aliases > mostAliases) {
      if (aliases === mostAliases + 1)
        fault({
          offset,
          message: `Aliases are followed more than ${mostAliases} times up to here.`,
          hint: 'Write the values out.',
          fatal: true,
        });
      return null;
    }
    return value(target);
  };

  const scalar = (read: unknown, source: string | undefined, plain: boolean): unknown => {
    if (typeof read === 'string' || read === null) return read;
    if (typeof read === 'number' && !Number.isFinite(read)) return source ?? String(read);
    return plain && source !== undefined && options.asWritten(path) ? source : (read as number | boolean);
  };

  const list = (items: readonly Node[]): unknown[] =>
    items.map((item, index) => {
      path.push(index);
      const result = value(item);
      path.pop();
      return result;
    });

  const fields = (pairs: Pairs): Record<string, unknown> => {
    const result: Record<string, unknown> = {};
    const seen = new Map<string, number>();
    for (const pair of pairs) {
      const name = keyText(pair.key);
      const offset = start(pair.key ?? pair.value);
      if (name === undefined || name === '__proto__') {
        fault({
          offset,
          message: name
            ? '`__proto__` cannot be the name of a field.'
            : 'The name of a field must be plain text.',
        });
        continue;
      }
      const first = seen.get(name);
      if (first !== undefined) {
        fault({
          offset,
          message: `${code(name)} is given twice: first in line ${options.line(first)}.`,
          hint: 'Keep one of them.',
        });
        continue;
      }
      seen.set(name, offset);
      path.push(name);
      result[name] = value(pair.value);
      path.pop();
    }
    return result;
  };

  return value(document.contents);
}

export type Pairs = readonly { readonly key: Node | null; readonly value: Node | null }[];

/** A field's name as written; undefined for anything but a scalar. */
export function keyText(key: Node | null): string | undefined {
  if (!isScalar(key) || key.value === null) return undefined;
  return key.type === 'PLAIN' ? (key.source ?? String(key.value)) : String(key.value);
}

function start(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0;
}
