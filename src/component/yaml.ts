import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type ParsedNode,
  Parser,
} from 'yaml';
import type { Entry, Node, Source } from './source.ts';

/** A document larger, deeper or more repetitive than any real one is refused before it costs anything. */
export const documentLimits = {
  bytes: 256 * 1024,
  depth: 64,
  tokens: 50_000,
  nodes: 100_000,
  problems: 20,
} as const;

/** YAML or JSON text -> nodes with places. Undefined if something was wrong, which is then among `source.errors`. */
export function readYaml(text: string, source: Source): Node | undefined {
  if (Buffer.byteLength(text) > documentLimits.bytes) {
    source.error(
      0,
      'The document is larger than 256 KiB.',
      'Move long texts into files that the component downloads.',
    );
    return undefined;
  }
  if (!passesLexer(text, source)) return undefined;
  const tokens = [...new Parser().parse(text)];
  const deep = deepestToken(tokens);
  if (deep !== undefined) {
    source.error(deep, tooDeep);
    return undefined;
  }
  const documents = [...new Composer({ version: '1.2', merge: false }).compose(tokens, true, text.length)];
  const [document, second] = documents;
  if (second)
    source.error(
      second.range[0],
      'There is more than one YAML document in the file.',
      'Split the file at `---`.',
    );
  if (!document?.contents) {
    source.error(0, 'The document is empty.');
    return undefined;
  }
  for (const problem of [...document.errors, ...document.warnings].slice(0, documentLimits.problems)) {
    source.error(problem.pos[0], ...explain(problem.code, problem.message, text.slice(problem.pos[0])));
  }
  if (source.errors.length > 0) return undefined;
  const node = convert(document as Document.Parsed, source);
  return source.errors.length > 0 ? undefined : node;
}

const tooDeep = `Lists and maps are nested more than ${documentLimits.depth} levels deep.`;

/** Looks at the lexer's output alone, because the parser behind it takes seconds for what no person writes. */
function passesLexer(text: string, source: Source): boolean {
  const run = /(?:[-?][ \t]+){65}/.exec(text);
  let problem = run ? { offset: run.index, message: tooDeep } : undefined;
  let depth = 0;
  let count = 0;
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    if (problem) break;
    if (token === '[' || token === '{') depth += 1;
    if (token === ']' || token === '}') depth -= 1;
    count += 1;
    if (depth > documentLimits.depth) problem = { offset, message: tooDeep };
    if (count > documentLimits.tokens) problem = { offset, message: 'The document has too many parts.' };
    if (!controlToken.test(token)) offset += token.length;
  }
  if (problem) source.error(problem.offset, problem.message);
  return !problem;
}

const controlToken = /^[\u0002\u0018\u001f]$/;

function deepestToken(tokens: readonly unknown[]): number | undefined {
  const open = tokens.map((token) => ({ token: token as Token, depth: 0 }));
  for (let next = open.pop(); next; next = open.pop()) {
    const { token, depth } = next;
    if (depth > documentLimits.depth) return token.offset ?? 0;
    if (token.type === 'document' && token.value) open.push({ token: token.value, depth });
    for (const item of token.items ?? []) {
      if (item.key) open.push({ token: item.key, depth: depth + 1 });
      if (item.value) open.push({ token: item.value, depth: depth + 1 });
    }
  }
  return undefined;
}

interface Token {
  readonly type: string;
  readonly offset?: number;
  readonly value?: Token;
  readonly items?: readonly { readonly key?: Token | null; readonly value?: Token }[];
}

function explain(code: string, message: string, found: string): [string, string?] {
  if (code === 'DUPLICATE_KEY') {
    return [`The key \`${/^[^:\s]{1,40}/.exec(found)?.[0]}\` stands twice in the same map.`];
  }
  if (/^Flow (sequence|map) in block collection/.test(message)) {
    return ['A `[` or `{` before this place is not closed.'];
  }
  if (code === 'TAB_AS_INDENT') return ['A tab is used as indentation.', 'YAML wants spaces there.'];
  if (code === 'TAG_RESOLVE_FAILED')
    return ['The YAML tag is not known.', 'Leave it out: only plain YAML is read.'];
  if (/key-value separator|Implicit keys need to be on a single line|Implicit map keys/.test(message)) {
    return ['A `:` is missing after the key, or the line is indented wrongly.'];
  }
  return [`${message.replace(/\.$/, '')}.`];
}

function convert(document: Document.Parsed, source: Source): Node {
  const anchors = new Map<string, ParsedNode>();
  let count = 0;
  const visit = (node: ParsedNode | null, depth: number, fallback: number): Node => {
    const start = node?.range[0] ?? fallback;
    const place = { start, end: node?.range[1] ?? fallback };
    const empty: Node = { kind: 'scalar', value: null, ...place };
    count += 1;
    if (count > documentLimits.nodes || depth > documentLimits.depth) {
      if (source.errors.length === 0)
        source.error(start, 'The aliases of the document unfold into too much.');
      return empty;
    }
    if (!node) return empty;
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target) return visit(target, depth + 1, start);
      source.error(start, `There is no anchor \`&${node.source}\` before this alias.`);
      return empty;
    }
    if (node.anchor) anchors.set(node.anchor, node);
    if (node.tag && !plainTags.test(node.tag))
      source.error(start, `The YAML tag \`${node.tag}\` is not supported.`);
    if (isSeq(node)) {
      const items = node.items.map((item) => visit(item as ParsedNode | null, depth + 1, start));
      return { kind: 'list', items, ...place };
    }
    if (isMap(node)) {
      const entries = node.items.map((pair): Entry => {
        const key = visit(pair.key as ParsedNode | null, depth + 1, start);
        if (key.kind !== 'scalar') source.error(key.start, 'A key must be text.');
        const name = key.kind === 'scalar' ? String(key.value ?? '') : '';
        return {
          key: name,
          keyStart: key.start,
          value: visit(pair.value as ParsedNode | null, depth + 1, key.start),
        };
      });
      return { kind: 'map', entries, ...place };
    }
    if (!isScalar(node)) return empty;
    return { kind: 'scalar', value: scalarValue(node.value, node.source), ...place };
  };
  return visit(document.contents, 0, 0);
}

const plainTags = /^tag:yaml\.org,2002:(str|map|seq|int|float|bool|null)$/;

function scalarValue(value: unknown, source: string | undefined): string | boolean | null {
  if (typeof value === 'boolean' || typeof value === 'string' || value === null) return value;
  return source ?? String(value);
}
