import type { Declaration } from '../model/component.ts';
import { checkKeys, namePattern } from './keys.ts';
import { childOf, describe, plainOf } from './node.ts';
import type { Entry, MapNode, Node, Source } from './source.ts';

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
  checkKeys(body, ['type', kind.valueKey, 'description'], source, { unknown: 'error', of: `a ${kind.one}` });
  const type = childOf(body, 'type');
  if (!type)
    source.error(body.start, `The ${kind.one} \`${name}\` has no \`type\`.`, 'The only type is `string`.');
  else if (String(plainOf(type)).toLowerCase() !== 'string') {
    source.error(type.start, `The type of \`${name}\` must be \`string\`, not ${describe(type)}.`);
  }
  const value = childOf(body, kind.valueKey);
  if (value && value.kind !== 'scalar') {
    source.error(value.start, `The ${kind.valueKey} of \`${name}\` must be text, not ${describe(value)}.`);
  }
  if (!value && kind.one === 'constant')
    source.error(body.start, `The constant \`${name}\` has no \`value\`.`);
  const description = childOf(body, 'description');
  return [
    {
      name,
      ...(value && { value: String(plainOf(value)) }),
      ...(description && { description: String(plainOf(description)) }),
    },
  ];
}
