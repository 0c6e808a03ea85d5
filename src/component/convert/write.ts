import { Document, isScalar, visit } from 'yaml';
import type { WrittenDocument } from '../document.ts';
import type { Node } from '../source.ts';

/**
 * A document as JSON that means the same. Numbers are numbers where JSON writes them just as they were written; others
 * (`0644`, `1.10`) are text, which the language reads alike. Comments are lost.
 */
export function documentToJson({ root, text }: Pick<WrittenDocument, 'root' | 'text'>): string {
  return `${JSON.stringify(plainData(root, text), undefined, 2)}\n`;
}

/** A document as YAML that a person would write: scripts below `|`. */
export function documentToYaml(data: unknown): string {
  const document = new Document(data);
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value === 'string' && node.value.includes('\n')) node.type = 'BLOCK_LITERAL';
    },
    Pair: (_key, pair) => {
      if (!isScalar(pair.key) || pair.key.value !== 'schemaVersion' || !isScalar(pair.value)) return;
      pair.value.value = 1;
      pair.value.minFractionDigits = 1;
    },
  });
  return document.toString({ lineWidth: 0, singleQuote: true });
}

/** The data of a document, its numbers as numbers where nothing is lost by that. */
export function plainData(node: Node, text: string): unknown {
  if (node.kind === 'list') return node.items.map((item) => plainData(item, text));
  if (node.kind === 'map') {
    return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainData(value, text)]));
  }
  const { value, start, end } = node;
  const isPlain = typeof value === 'string' && text.slice(start, end) === value;
  return isPlain && /^-?\d/.test(value) && String(Number(value)) === value ? Number(value) : value;
}
