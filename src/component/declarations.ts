import type { Declaration } from '../model/component.ts';
import { patternProblem } from './condition/pattern.ts';
import { checkKeys, namePattern } from './keys.ts';
import { childOf, describe, plainOf } from './node.ts';
import { holdsReference } from './references.ts';
import type { Entry, MapNode, Node, Source } from './source.ts';
import { valueProblem } from './value-problem.ts';

export interface Declarations {
  readonly parameters: readonly Declaration[];
  readonly constants: readonly Declaration[];
}

/** The `parameters` and `constants` of a document: lists of maps with one key each, the name. */
export function readDeclarations(root: MapNode, source: Source): Declarations {
  const taken = new Map<string, string>();
  return {
    parameters: readList(root, { list: 'parameters', one: 'parameter', valueKey: 'default' }, taken, source),
    constants: readList(root, { list: 'constants', one: 'constant', valueKey: 'value' }, taken, source),
  };
}

interface Kind {
  readonly list: string;
  readonly one: string;
  readonly valueKey: 'default' | 'value';
}

function readList(root: MapNode, kind: Kind, taken: Map<string, string>, source: Source): Declaration[] {
  const node = childOf(root, kind.list);
  if (!node) return [];
  if (node.kind !== 'list') {
    const hint = `Write \`${kind.list}:\` and below it \`- Name: {type: string, ${kind.valueKey}: ...}\`.`;
    source.error(
      node.start,
      `\`${kind.list}\` is a list of maps with one key each, not ${describe(node)}.`,
      hint,
    );
    return [];
  }
  return node.items.flatMap((item) => {
    const entry = declaredName(item, kind, source);
    if (!entry) return [];
    const other = taken.get(entry.key);
    if (other) source.error(entry.keyStart, `\`${entry.key}\` is already the name of a ${other}.`);
    taken.set(entry.key, kind.one);
    return readOne(entry, kind, source);
  });
}

function declaredName(item: Node, kind: Kind, source: Source): Entry | undefined {
  const [entry] = item.kind === 'map' ? item.entries : [];
  if (item.kind !== 'map' || !entry) {
    source.error(item.start, `A ${kind.one} is a map whose only key is its name, not ${describe(item)}.`);
    return undefined;
  }
  if (item.entries.length > 1) {
    const written = entry.key === 'name' ? String(plainOf(entry.value)) : entry.key;
    const hint = `Write \`- ${written}:\` and put \`type\` and \`${kind.valueKey}\` below it, indented further.`;
    source.error(
      item.start,
      `A ${kind.one} is a map whose only key is its name; this one has ${item.entries.length} keys.`,
      hint,
    );
    return undefined;
  }
  if (!namePattern.test(entry.key)) {
    const rule = 'A name has 3 to 128 letters, digits, `-` or `_`.';
    source.error(entry.keyStart, `\`${entry.key}\` is not a name for a ${kind.one}.`, rule);
  }
  return entry;
}

function readOne(entry: Entry, kind: Kind, source: Source): Declaration[] {
  const { key: name, value: body } = entry;
  if (body.kind !== 'map') {
    const hint = `Write \`${name}: {type: string, ${kind.valueKey}: ...}\`.`;
    source.error(
      body.start,
      `The ${kind.one} \`${name}\` is described by a map, not by ${describe(body)}.`,
      hint,
    );
    return [];
  }
  const own = kind.one === 'parameter' ? ['oneOf', 'pattern'] : [];
  const known = ['type', kind.valueKey, 'description', ...own];
  checkKeys(body, known, source, { unknown: 'error', of: `a ${kind.one}` });
  const kinds = readKind(body, name, kind, source);
  const value = childOf(body, kind.valueKey);
  const text = value && textOf(value, kinds.type);
  if (value && text === undefined) {
    const expected = kinds.type === 'list' ? 'a list of texts without commas' : 'text';
    source.error(
      value.start,
      `The ${kind.valueKey} of \`${name}\` must be ${expected}, not ${describe(value)}.`,
    );
  }
  const wrong = text === undefined || holdsReference(text) ? undefined : valueProblem(kinds, text);
  if (value && wrong) source.error(value.start, `The ${kind.valueKey} of \`${name}\` must be ${wrong}.`);
  if (!value && kind.one === 'constant')
    source.error(body.start, `The constant \`${name}\` has no \`value\`.`);
  const description = childOf(body, 'description');
  return [
    {
      name,
      ...(text !== undefined && { value: text }),
      ...(description && { description: String(plainOf(description)) }),
      ...kinds,
    },
  ];
}

type Kinds = Pick<Declaration, 'type' | 'oneOf' | 'pattern'>;

const types = ['string', 'number', 'boolean', 'list'] as const;

/** The type, and what else a value has to be; all but `string` is Gild's own, and for parameters. */
function readKind(body: MapNode, name: string, kind: Kind, source: Source): Kinds {
  const allowed = kind.one === 'parameter' ? types : types.slice(0, 1);
  const listed = allowed.map((type) => `\`${type}\``).join(', ');
  const node = childOf(body, 'type');
  const type = node && allowed.find((one) => one === String(plainOf(node)).toLowerCase());
  if (!node) source.error(body.start, `The ${kind.one} \`${name}\` has no \`type\`.`, 'Most have `string`.');
  else if (!type) {
    const expected = allowed.length === 1 ? listed : `one of ${listed}`;
    source.error(node.start, `The type of \`${name}\` must be ${expected}, not ${describe(node)}.`);
  }
  const oneOf = childOf(body, 'oneOf');
  const values = oneOf?.kind === 'list' ? oneOf.items.map((item) => textOf(item, undefined)) : [];
  if (oneOf && (values.length === 0 || values.includes(undefined)))
    source.error(oneOf.start, `\`oneOf\` of \`${name}\` must be a list of texts, not ${describe(oneOf)}.`);
  const pattern = childOf(body, 'pattern');
  const expression = pattern && textOf(pattern, undefined);
  const wrong = pattern && (expression === undefined ? 'text' : patternProblem(expression));
  if (wrong) source.error(pattern.start, `\`pattern\` of \`${name}\` must be ${wrong}.`);
  return {
    ...(type && type !== 'string' && { type }),
    ...(oneOf && { oneOf: values.filter((value) => value !== undefined) }),
    ...(expression !== undefined && !wrong && { pattern: expression }),
  };
}

/** A list is kept as text with commas between, as `forEach` and command lines take it. */
function textOf(node: Node, type: Declaration['type']): string | undefined {
  if (node.kind === 'scalar') return String(node.value);
  if (node.kind !== 'list' || type !== 'list') return undefined;
  const texts = node.items.map((item) => (item.kind === 'scalar' ? String(item.value) : ','));
  return texts.some((text) => text.includes(',')) ? undefined : texts.join(',');
}
