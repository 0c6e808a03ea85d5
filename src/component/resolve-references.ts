import { type Chain, mapTexts, replaceReferences } from './references.ts';
import type { Outputs } from './types.ts';

/** What steps that ran have left for later ones. */
export interface Memory {
  /** Parameters and constants. */
  readonly values: Readonly<Record<string, string>>;
  /** By `phase.step`. */
  readonly steps: ReadonlyMap<string, Remembered>;
}

export interface Remembered {
  readonly inputs: unknown;
  readonly outputs: readonly Outputs[];
}

export function mapRemembered({ inputs, outputs }: Remembered, change: (text: string) => string): Remembered {
  return { inputs: mapTexts(inputs, change), outputs: mapTexts(outputs, change) as readonly Outputs[] };
}

/** A reference that leads nowhere when its step runs. */
export class UnresolvedReference extends Error {}

/** Parameters, then chaining, then parameters once more: a value of either may hold a reference of the other. */
export function resolveReferences(inputs: unknown, memory: Memory): unknown {
  const names = (text: string) =>
    replaceReferences(text, (reference) =>
      reference.kind === 'name' && Object.hasOwn(memory.values, reference.name)
        ? memory.values[reference.name]
        : undefined,
    );
  const chains = (text: string) =>
    replaceReferences(text, (reference, raw) =>
      reference.kind === 'chain' ? follow(reference, raw, memory) : undefined,
    );
  return mapTexts(inputs, (text) => (text.includes('{{') ? names(chains(names(text))) : text));
}

function follow(chain: Chain, raw: string, memory: Memory): string {
  const remembered = memory.steps.get(`${chain.phase}.${chain.step}`);
  if (!remembered)
    throw new UnresolvedReference(
      `${raw}: step \`${chain.step}\` of phase \`${chain.phase}\` has not run here`,
    );
  const value =
    chain.from === 'outputs' ? outputOf(chain, remembered.outputs) : inputOf(chain, remembered.inputs);
  if (value === undefined)
    throw new UnresolvedReference(`${raw}: step \`${chain.step}\` has left no such value`);
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
