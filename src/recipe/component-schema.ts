import { z } from 'zod';
import { branch } from './branch.ts';
import { cacheSchema } from './cache-schema.ts';
import { componentName, componentReference, componentVersion, hostPath, stepName } from './patterns.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const parameters = z
  .record(z.string().min(1).max(256), scalar)
  .default({})
  .describe("Values for the document's parameters, by name; numbers become text as they are written.");

const cache = cacheSchema
  .optional()
  .describe("When this component's results may be used again. As the recipe says when absent.");

const onFailure = z
  .enum(['Abort', 'Continue', 'Ignore'])
  .optional()
  .describe(
    'What follows when the step fails: end at once, end in failure after the other steps, or nothing. `Abort` when absent.',
  );

const common = {
  onFailure,
  maxAttempts: z.int().min(1).max(100).optional().describe('How often the step is tried. 1 when absent.'),
  timeoutSeconds: z
    .int()
    .min(-1)
    .refine((seconds) => seconds !== 0, 'must not be 0; -1 means no limit')
    .optional()
    .describe('Time for one attempt; -1 is without limit. 7200 when absent.'),
  if: z.unknown().optional().describe('A condition: whether the step runs; see the component reference.'),
  loop: z.unknown().optional().describe('Values to run the step for; see the component reference.'),
  retry: z.unknown().optional().describe('How long to wait between attempts; see the component reference.'),
};

const command = z.string().min(1);

/** `run: ...`, short for one ExecuteBash step. */
export const runStep = branch({
  run: z
    .union([command, z.array(command).min(1)])
    .describe('A shell script for Bash, or a list of commands; ends at the first command that fails.'),
  name: stepName.optional().describe('`Run1`, `Run2` ... when absent.'),
  ...common,
}).meta({ title: 'Shell step', description: 'Runs a script: short for a step with the action ExecuteBash.' });

/** A step as component documents have it. */
export function actionStep(actions: readonly string[] | undefined) {
  const action = actions ? z.enum(actions as [string, ...string[]]) : z.string().min(1);
  return branch({
    name: stepName.describe("The step's name, unique among the steps."),
    action: action.describe('Name of an action module: `CreateFile`, `UpdateOS`, ...'),
    inputs: z.unknown().optional().describe('What the action module needs; see the component reference.'),
    disableLogging: z
      .boolean()
      .optional()
      .describe('Keeps the output of the step out of the log. `false` when absent.'),
    ...common,
  }).meta({ title: 'Step', description: 'A step as component documents have it.' });
}

export function componentSchema(actions: readonly string[] | undefined) {
  const named = branch({
    name: componentName.describe(
      "Name of a component in the recipe's folder, a configured folder or the library.",
    ),
    version: componentVersion
      .default('latest')
      .describe('`1.2.3`, with `x` for any number (`1.x.x`), or `latest`.'),
    parameters,
    cache,
  }).meta({ title: 'Component by name', description: 'A component that is found by its name and version.' });
  const byPath = branch({
    path: hostPath.describe("Component document on disk; relative to the recipe's folder."),
    parameters,
    cache,
  }).meta({ title: 'Component by path', description: 'A component document in a file.' });
  const inline = branch({
    steps: z
      .array(z.union([runStep, actionStep(actions)]))
      .min(1)
      .describe('Steps of the `build` phase, in order.'),
    name: stepName.optional().describe('Name for logs and records. `inline-1`, `inline-2` ... when absent.'),
    parameters,
    cache,
  }).meta({ title: 'Inline steps', description: 'Steps written in the recipe itself.' });
  const reference = componentReference.meta({
    title: 'Component in short',
    description: 'Name, or name and version: `nginx`, `nginx@1.x.x`.',
  });
  return z.union([reference, named, byPath, inline]);
}
