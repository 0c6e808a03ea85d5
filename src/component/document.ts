import type { ComponentDocument } from '../model/component.ts';
import type { Digest } from '../model/digest.ts';
import type { SourcePosition } from '../model/position.ts';
import { digestOf, sha256 } from '../support/canonical.ts';
import { GildError } from '../support/errors.ts';
import { checkReferences } from './check-references.ts';
import { readDeclarations } from './declarations.ts';
import { checkKeys, readFlag, readName } from './keys.ts';
import { childOf, describe, nodeOf, plainOf } from './node.ts';
import { readPhases } from './phases.ts';
import { createSource, createSourceOf, type MapNode, type Node, type Source } from './source.ts';
import { readYaml } from './yaml.ts';

export interface ParsedDocument {
  readonly document: ComponentDocument;
  /** Not wrong enough to stop: `COMPONENT_INVALID` with position and frame, for people. */
  readonly warnings: readonly GildError[];
  /** Where everything stands, for those that look closer; only of a document with a file of its own. */
  readonly written?: WrittenDocument;
}

export interface WrittenDocument {
  readonly text: string;
  readonly root: Node;
  readonly source: Source;
}

/**
 * Reads a component document from YAML or JSON. `name` and `version` are those of the file; without them the
 * document's own name and `0.0.0` are taken. Throws `COMPONENT_INVALID` with every problem found.
 */
export function parseDocument(
  text: string,
  options: { readonly file: string; readonly name?: string; readonly version?: string },
): ParsedDocument {
  const source = createSource(text, options.file);
  const root = readYaml(text, source);
  const parsed = finish(root, source, { ...options, digest: sha256(text) });
  return root ? { ...parsed, written: { text, root, source } } : parsed;
}

/** A document made from plain data that stands in another file, as the inline steps of a recipe do. */
export function documentFromInline(
  data: unknown,
  options: {
    readonly file: string;
    readonly name: string;
    readonly version?: string;
    readonly at?: SourcePosition;
    /** Where the steps of its phase stand, in their order. */
    readonly steps?: readonly SourcePosition[];
  },
): ParsedDocument {
  const { file, at = { file, line: 1, column: 1 }, steps = [] } = options;
  const source = createSourceOf(file, (offset) => steps[offset - 1] ?? at);
  const startOf = ([, , list, step]: readonly (string | number)[]) =>
    list === 'steps' && typeof step === 'number' ? step + 1 : 0;
  return finish(nodeOf(data, startOf), source, {
    ...options,
    digest: digestOf('gild.component.inline', data),
  });
}

interface Identity {
  readonly file: string;
  readonly name?: string;
  readonly version?: string;
  readonly digest: Digest;
}

function finish(root: Node | undefined, source: Source, identity: Identity): ParsedDocument {
  const document = root && readDocument(root, source, identity);
  const [first, ...others] = [...source.errors].sort(byPlace);
  if (first && others.length === 0) throw first;
  if (first || !document) {
    const problems = first ? [first, ...others] : [];
    const message = `${identity.file} has ${problems.length} problems.`;
    throw new GildError({ code: 'COMPONENT_INVALID', message, problems });
  }
  return { document, warnings: source.warnings };
}

function byPlace(a: GildError, b: GildError): number {
  return (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0);
}

const keys = ['name', 'description', 'schemaVersion', 'disableLogging', 'parameters', 'constants', 'phases'];

function readDocument(root: Node, source: Source, identity: Identity): ComponentDocument | undefined {
  if (root.kind !== 'map') {
    source.error(
      root.start,
      `A component document is a map, not ${describe(root)}.`,
      'It begins with `schemaVersion: 1.0`.',
    );
    return undefined;
  }
  checkKeys(root, keys, source, { unknown: 'warn', of: 'a component document' });
  checkSchemaVersion(root, source);
  const disableLogging = readFlag(root, 'disableLogging', source);
  const { parameters, constants } = readDeclarations(root, source);
  const phases = readPhases(root, source, disableLogging);
  checkReferences({ phases, parameters, constants }, source);
  return {
    name: identity.name ?? readName(root, source) ?? 'component',
    version: identity.version ?? '0.0.0',
    description: textAt(root, 'description'),
    parameters,
    constants,
    phases: phases.map(({ name, steps }) => ({ name, steps: steps.map((read) => read.step) })),
    disableLogging,
    digest: identity.digest,
    file: identity.file,
  };
}

function textAt(root: MapNode, key: string): string {
  const value = childOf(root, key);
  return value ? String(plainOf(value)) : '';
}

function checkSchemaVersion(root: MapNode, source: Source): void {
  const value = childOf(root, 'schemaVersion');
  if (!value) {
    source.error(root.start, 'The document has no `schemaVersion`.', 'Add `schemaVersion: 1.0`.');
    return;
  }
  const version = String(plainOf(value));
  if (version === '1.1') {
    source.warn(value.start, 'schemaVersion 1.1 is read as 1.0.');
  } else if (!/^1(\.0)?$/.test(version)) {
    source.error(value.start, `schemaVersion must be 1.0, not ${describe(value)}.`);
  }
}
