import { AttemptEnded } from './attempt-ended.ts';
import {
  type Chain,
  findReferences,
  mapTexts,
  type OutsideReference,
  referenceIn,
  replaceReferences,
} from './references.ts';
import type { Outputs } from './types.ts';

/** All that references of one step can lead to. */
export interface Scope {
  /** Parameters and constants. */
  readonly values: Readonly<Record<string, string>>;
  /** What steps that ran have left for later ones, by `phase.step`. */
  readonly remembered: ReadonlyMap<string, Remembered>;
  readonly outside: Outside;
  /** The iteration that runs, if the step has a loop. */
  readonly iteration?: { readonly loop: string | undefined; readonly index: number; readonly value: string };
}

export interface Remembered {
  readonly inputs: unknown;
  readonly outputs: readonly Outputs[];
}

/** Values of `env:`, `aws:ssm:`, `aws:imds:`, `context:` and `secret:`; `name` is final. Throws `AttemptEnded`. */
export interface Outside {
  lookUp(reference: OutsideReference): Promise<string>;
}

export function mapRemembered({ inputs, outputs }: Remembered, change: (text: string) => string): Remembered {
  return { inputs: mapTexts(inputs, change), outputs: mapTexts(outputs, change) as readonly Outputs[] };
}

/**
 * Parameters, then everything else, then parameters once more: a parameter may hold a chain, and what a step put
 * out may hold the name of a parameter. Throws `AttemptEnded` for a reference that leads nowhere now.
 */
export async function resolveReferences<T>(plain: T, scope: Scope): Promise<T> {
  const first = mapTexts(plain, (text) => replaceNames(text, scope));
  const outside = await lookUpAll(first, scope);
  const resolved = mapTexts(first, (text) => replaceNames(replaceOthers(text, scope, outside), scope));
  return resolved as T;
}

function replaceNames(text: string, { values }: Scope): string {
  return replaceReferences(text, (reference) =>
    reference.kind === 'name' && Object.hasOwn(values, reference.name) ? values[reference.name] : undefined,
  );
}

function replaceOthers(text: string, scope: Scope, outside: ReadonlyMap<string, string>): string {
  const { iteration } = scope;
  return replaceReferences(text, (reference, raw) => {
    if (reference.kind === 'chain') return follow(reference, raw, scope);
    if (reference.kind === 'outside') return outside.get(raw);
    if (reference.kind !== 'loop' || !iteration) return undefined;
    if (reference.loop !== 'loop' && reference.loop !== iteration.loop) return undefined;
    return reference.field === 'index' ? String(iteration.index) : iteration.value;
  });
}

/** One look-up for each reference as it is written, however often it stands there. */
async function lookUpAll(plain: unknown, scope: Scope): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, OutsideReference>();
  mapTexts(plain, (text) => {
    for (const { raw, reference } of findReferences(text))
      if (reference.kind === 'outside') found.set(raw, reference);
    return text;
  });
  const values = new Map<string, string>();
  for (const [raw, reference] of found) {
    values.set(raw, await scope.outside.lookUp(direct(reference, raw, scope)));
  }
  return values;
}

function direct(reference: OutsideReference, raw: string, scope: Scope): OutsideReference {
  if (!reference.indirect) return reference;
  const inner = referenceIn(reference.name);
  const { form, kind, name } = reference;
  if (inner?.kind === 'chain') return { kind, form, name: follow(inner, raw, scope) };
  return { kind, form, name: Object.hasOwn(scope.values, name) ? (scope.values[name] ?? name) : name };
}

function follow(chain: Chain, raw: string, { remembered: steps }: Scope): string {
  const remembered = steps.get(`${chain.phase}.${chain.step}`);
  if (!remembered)
    throw new AttemptEnded(`${raw}: step \`${chain.step}\` of phase \`${chain.phase}\` has not run here`);
  const value =
    chain.from === 'outputs' ? outputOf(chain, remembered.outputs) : inputOf(chain, remembered.inputs);
  if (value === undefined) throw new AttemptEnded(`${raw}: step \`${chain.step}\` has left no such value`);
  return value;
}

/** Without an index, the values of all entries, a line each. */
function outputOf(chain: Chain, outputs: readonly Outputs[]): string | undefined {
  if (chain.index !== undefined) return outputs[chain.index]?.[chain.key];
  const values = outputs.map((entry) => entry[chain.key]).filter((value) => value !== undefined);
  return values.length > 0 ? values.join('\n') : undefined;
}

function inputOf(chain: Chain, inputs: unknown): string | undefined {
  const item = Array.isArray(inputs) ? (inputs[chain.index ?? 0] as unknown) : inputs;
  const value = (item as Record<string, unknown> | null | undefined)?.[chain.key];
  if (Array.isArray(value)) return value.join('\n');
  return value === undefined || value === null ? undefined : String(value);
}
