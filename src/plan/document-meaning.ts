import type { ComponentDocument, Declaration, Phase, Step } from '../model/component.ts';

/**
 * What a document does, without what only people or the clock see: names of files, positions, descriptions, how long
 * and how often a step is tried. Whatever else a document has, known here or not, is part of it.
 */
export function meaningOf(document: ComponentDocument, phases: readonly string[]): unknown {
  const { constants, parameters: _declared, phases: all, ...rest } = document;
  const {
    name: _name,
    version: _version,
    description: _description,
    digest: _digest,
    file: _file,
    ...others
  } = rest;
  return {
    ...others,
    constants: values(constants),
    phases: Object.fromEntries(
      all.filter(({ name }) => phases.includes(name)).map((phase) => [phase.name, phaseMeaning(phase)]),
    ),
  };
}

/** The actions that the steps of these phases name, sorted. */
export function actionsOf(document: ComponentDocument, phases: readonly string[]): string[] {
  const steps = document.phases.filter(({ name }) => phases.includes(name)).flatMap((phase) => phase.steps);
  return [...new Set(steps.map((step) => step.action))].sort();
}

function phaseMeaning({ name: _name, steps, ...rest }: Phase): unknown {
  return { ...rest, steps: steps.map(stepMeaning) };
}

function stepMeaning(step: Step): unknown {
  const { maxAttempts: _attempts, retry: _retry, timeoutSeconds: _timeout, at: _at, ...rest } = step;
  return rest;
}

function values(declarations: readonly Declaration[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(declarations.map(({ name, value }) => [name, value]));
}
