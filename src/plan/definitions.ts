import type { Definition } from '../model/cache.ts';
import type { ComponentDocument } from '../model/component.ts';
import type { Digest } from '../model/digest.ts';
import type { ComponentStep, FilesStep, Plan, PlannedCheck, PlannedOutput, PlanStep } from '../model/plan.ts';
import { digestOf } from '../support/canonical.ts';
import { actionsOf, meaningOf } from './document-meaning.ts';
import { implementation } from './implementations.ts';

/** What a plan says of all its steps. */
export type Surroundings = Pick<
  Plan,
  'architecture' | 'platform' | 'network' | 'epoch' | 'secrets' | 'config' | 'image'
>;

/**
 * What can change the result of a step. Left out, because none of it can: names and descriptions, limits, timeouts,
 * retries, the values of secrets, where the recipe lies, the image's name and version.
 */
export function defineStep(step: Unidentified<PlanStep>, plan: Surroundings): Definition {
  switch (step.kind) {
    case 'base':
      return {
        base: { kind: step.locked.kind, digest: step.locked.digest },
        architecture: plan.architecture,
        implementation: {
          bases: implementation('bases'),
          base: implementation(`base/${step.locked.kind}`),
          layer: implementation('layer'),
        },
      };
    case 'files':
      return defineFiles(step, plan);
    case 'component':
      return defineComponent(step, step.phases, plan);
  }
}

/** Over what a component does and the base that the recipe names, whatever Gild does it and whatever the base means today. */
export function digestOfIntent(
  step: Omit<ComponentStep, 'id'>,
  { architecture, steps }: Pick<Plan, 'architecture' | 'steps'>,
): Digest {
  const bases = steps.flatMap((other) => (other.kind === 'base' ? other.spec : []));
  const base = bases.map(({ kind, reference }) => ({ kind, reference }));
  return digestOf('gild.intent.v1', { ...whatItDoes(step, step.phases), base, architecture });
}

/** A test proves something of a tree: the artifact's own bytes hold nothing else that it could see. */
export function defineCheck(check: Unidentified<PlannedCheck>, plan: Surroundings): Definition {
  if (check.kind === 'component') return defineComponent(check, ['test'], { ...plan, secrets: [] });
  const { labels: _labels, ...config } = plan.config;
  const { type, options } = check.test;
  return {
    test: { type, options },
    config,
    ...(check.token !== undefined && { token: check.token }),
    ...surroundings({ ...plan, secrets: [] }),
    implementation: { tests: implementation('tests'), test: implementation(`test/${type}`) },
  };
}

/** `stamped`: the output has the image's name, version or settings in its bytes. */
export function defineOutput(
  output: Unidentified<PlannedOutput>,
  plan: Surroundings,
  stamped: boolean,
): Definition {
  const { type, options } = output;
  return {
    output: { type, options },
    ...(stamped && { image: plan.image, config: plan.config }),
    architecture: plan.architecture,
    epoch: plan.epoch,
    implementation: { outputs: implementation('outputs'), output: implementation(`output/${type}`) },
  };
}

/** Distributes: each member of a union without its `id`. */
export type Unidentified<T> = T extends unknown ? Omit<T, 'id'> : never;

function defineFiles({ files }: Omit<FilesStep, 'id'>, plan: Surroundings): Definition {
  return {
    files: files.map(({ to, digest, owner, group, mode }) => ({ to, digest, owner, group, mode })),
    platform: plan.platform,
    architecture: plan.architecture,
    epoch: plan.epoch,
    implementation: { files: implementation('files'), layer: implementation('layer') },
  };
}

type ComponentWork = Pick<ComponentStep, 'document' | 'parameters' | 'facts' | 'nested' | 'varies' | 'token'>;

function defineComponent(
  component: ComponentWork,
  phases: readonly string[],
  plan: Surroundings,
): Definition {
  const { document, nested = [] } = component;
  return {
    ...whatItDoes(component, phases),
    ...surroundings(plan),
    implementation: {
      component: implementation('component'),
      layer: implementation('layer'),
      actions: Object.fromEntries(
        [...actionsOf(document, phases), ...nested.flatMap((inner) => actionsOf(inner, phasesOf(inner)))].map(
          (name) => [name, implementation(`action/${name}`)],
        ),
      ),
    },
  };
}

function whatItDoes(component: ComponentWork, phases: readonly string[]): Definition {
  const { document, parameters, facts, nested = [], varies, token } = component;
  return {
    parameters,
    document: meaningOf(document, phases),
    ...(facts !== undefined && { facts }),
    ...(nested.length > 0 && { nested: nested.map((inner) => meaningOf(inner, phasesOf(inner))) }),
    ...(varies !== undefined && { varies }),
    ...(token !== undefined && { token }),
  };
}

function phasesOf({ phases }: ComponentDocument): readonly string[] {
  return phases.map((phase) => phase.name);
}

function surroundings({ platform, architecture, network, epoch, secrets }: Surroundings): Definition {
  return { platform, architecture, network, epoch, secrets: [...secrets].sort() };
}
