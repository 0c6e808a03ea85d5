import type { ComponentDocument, Step } from '../model/component.ts';
import { GildError } from '../support/errors.ts';
import { type DocumentSource, documentReference } from './documents.ts';
import { findReferences, mapTexts, type OutsideForm, referenceIn, replaceReferences } from './references.ts';

/** What a document uses that neither it, nor its parameters, nor the machine decides. */
export interface OutsideUse {
  /** `document`: one that ExecuteDocument names, and that is not in the machine. */
  readonly form: OutsideForm | 'document';
  /** As in the reference; with references of its own where only the run can tell. */
  readonly name: string;
}

/** In the order of the document, each once. Without `phases`, of all. */
export function outsideReferences(
  document: ComponentDocument,
  parameters: Readonly<Record<string, string>>,
  phases: readonly string[] = document.phases.map((phase) => phase.name),
): readonly OutsideUse[] {
  const values = valuesOf(document, parameters);
  const uses = new Map<string, OutsideUse>();
  const add = (use: OutsideUse) => uses.set(`${use.form}:${use.name}`, use);
  for (const step of document.phases
    .filter(({ name }) => phases.includes(name))
    .flatMap((phase) => phase.steps)) {
    mapTexts([step.if?.when, step.loop, step.inputs], (text) => {
      const named = replaceNames(text, values);
      for (const { reference } of findReferences(named)) {
        if (reference.kind !== 'outside' || isOfTheMachine(reference.form, reference.name)) continue;
        const { form, name, indirect } = reference;
        add({ form, name: indirect ? nameOf(name, values) : name });
      }
      return text;
    });
    const name = documentOf(step, values);
    if (name !== undefined && documentReference(name).kind !== 'inMachine') add({ form: 'document', name });
  }
  return [...uses.values()];
}

/** What a document runs and uses, as far as that can be told before it runs. */
export interface Reach {
  /** Documents that it runs, and those that they run. */
  readonly nested: readonly ComponentDocument[];
  /** `context:date`: makes two runs of the same document differ. Values of secrets do not count: they may change. */
  readonly varies: readonly string[];
}

export async function reachOf(
  document: ComponentDocument,
  parameters: Readonly<Record<string, string>>,
  source: Pick<DocumentSource, 'readOnHost'>,
): Promise<Reach> {
  const nested = new Map<string, ComponentDocument>();
  const varies = new Set<string>();
  /** What cannot be read fails the step that names it, if that is reached. */
  const readNow = async (name: string, file: string): Promise<ComponentDocument | undefined> => {
    if (name.includes('{{')) return undefined;
    try {
      return (await source.readOnHost(name, file))?.document;
    } catch (error) {
      if (error instanceof GildError && error.code.startsWith('COMPONENT_')) return undefined;
      throw error;
    }
  };
  const visit = async (one: ComponentDocument, values: Readonly<Record<string, string>>): Promise<void> => {
    for (const { form, name } of outsideReferences(one, values)) {
      if (form === 'secret') continue;
      const inner = form === 'document' ? await readNow(name, one.file) : undefined;
      if (!inner) {
        varies.add(form === 'document' ? `the document ${name}` : `${form}:${name}`);
        continue;
      }
      if (inner.digest === document.digest || nested.has(inner.digest)) continue;
      nested.set(inner.digest, inner);
      await visit(inner, {});
    }
  };
  await visit(document, parameters);
  return { nested: [...nested.values()], varies: [...varies].sort() };
}

/** What `aws:ssm:resolve(...)` asks for, where that can be told now. */
function nameOf(inner: string, values: Readonly<Record<string, string>>): string {
  return referenceIn(inner)?.kind === 'chain' ? `{{ ${inner} }}` : (values[inner] ?? inner);
}

function documentOf(step: Step, values: Readonly<Record<string, string>>): string | undefined {
  if (step.action !== 'ExecuteDocument') return undefined;
  const inputs = step.inputs as { readonly document?: unknown } | undefined;
  return replaceNames(String(inputs?.document ?? ''), values);
}

function valuesOf(
  { parameters, constants }: ComponentDocument,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const declared = [...parameters, ...constants].flatMap(({ name, value }) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(declared), ...given };
}

function replaceNames(text: string, values: Readonly<Record<string, string>>): string {
  return replaceReferences(text, (reference) =>
    reference.kind === 'name' && Object.hasOwn(values, reference.name) ? values[reference.name] : undefined,
  );
}

/** Follows from the document and the tree that the machine was started from. */
function isOfTheMachine(form: OutsideForm, name: string): boolean {
  return form === 'env' || (form === 'context' && /^(os\w+|phase|step)$/.test(name));
}
