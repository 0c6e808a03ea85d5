import { resolve } from 'node:path';
import type { ComponentSpec } from '../model/buildspec.ts';
import { cacheSpec } from './cache-schema.ts';
import type { ValidRecipe } from './schema.ts';
import type { Source } from './source.ts';

type Component = ValidRecipe['components'][number];
type Inline = Extract<Component, { steps: unknown }>;
type InlineStep = Inline['steps'][number];

/** Writes a component's shorthands out; inline steps become a document. */
export function componentSpec(
  component: Component,
  index: number,
  { directory, source }: { readonly directory: string; readonly source: Source },
): ComponentSpec {
  if (typeof component === 'string') {
    const [name = component, version = 'latest'] = component.split('@');
    return { use: { kind: 'named', name, version }, parameters: {} };
  }
  const parameters = texts(component.parameters);
  const cache = cacheSpec(component.cache);
  if ('path' in component)
    return { use: { kind: 'path', path: resolve(directory, component.path) }, parameters, ...cache };
  if ('steps' in component) {
    const name = component.name ?? `inline-${index + 1}`;
    return {
      use: {
        kind: 'inline',
        name,
        document: inlineDocument(component, Object.keys(parameters)),
        steps: component.steps.map((_, step) => source.position(['components', index, 'steps', step])),
      },
      parameters,
      ...cache,
    };
  }
  return { use: { kind: 'named', name: component.name, version: component.version }, parameters, ...cache };
}

/** Parameters of the recipe are declared in the document, so that its steps can refer to them. */
function inlineDocument(component: Inline, parameters: readonly string[]): unknown {
  return {
    schemaVersion: '1.0',
    ...(parameters.length > 0
      ? { parameters: parameters.map((name) => ({ [name]: { type: 'string' } })) }
      : {}),
    phases: [
      {
        name: 'build',
        steps: component.steps.map((step, index) => (isRun(step) ? runStep(step, index) : step)),
      },
    ],
  };
}

type RunStep = Extract<InlineStep, { run: unknown }>;

function isRun(step: InlineStep): step is RunStep {
  return 'run' in step;
}

/** A script of a component goes on after a command that fails; one of a recipe ends there. */
function runStep({ run, name, ...rest }: RunStep, index: number): unknown {
  return {
    name: name ?? `Run${index + 1}`,
    action: 'ExecuteBash',
    ...rest,
    inputs: { commands: ['set -e', ...[run].flat()] },
  };
}

/** Scalars as text. */
export function texts(values: Readonly<Record<string, string | number | boolean>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}
