import type { DocumentResult, StepRecord } from '../records.ts';

/** What `chaining.json` holds: what every step left for later ones. */
export function chaining(results: readonly DocumentResult[]): unknown {
  return results.map(({ phases, steps }) => ({
    phases: phases.map(({ name, selected }) => ({
      name,
      isSelected: selected,
      steps: steps.filter(({ phase }) => phase === name).map(stepChaining),
    })),
  }));
}

function stepChaining({ step, inputs, outputs, loop, documents }: StepRecord): unknown {
  return {
    name: step,
    inputs: inputs === null ? [] : Array.isArray(inputs) ? inputs : [inputs],
    outputs,
    loop: loop
      ? loop.iterations.map(({ index, value, outputs: left }) => ({ index, value, outputs: left }))
      : null,
    documents: documents.length > 0 ? chaining(documents) : null,
  };
}
