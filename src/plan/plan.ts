import type { BuildSpec, ContainerConfig } from '../model/buildspec.ts';
import type { CacheSpec } from '../model/cache.ts';
import type { Digest } from '../model/digest.ts';
import type { Lock, LockedComponent } from '../model/lock.ts';
import type { ComponentStep, Plan, PlannedCheck, PlanStep } from '../model/plan.ts';
import { digestOf } from '../support/canonical.ts';
import {
  defineCheck,
  defineOutput,
  defineStep,
  type Surroundings,
  type Unidentified,
} from './definitions.ts';

/** The phases of a component that run while building; `test` runs on the fresh machine. */
export const buildPhases: readonly string[] = ['build', 'validate'];

/**
 * BuildSpec + Lock -> Plan. Pure: no clock, no network, no disk.
 * `version` is the spec's, with `x` already turned into a number.
 */
export function planBuild(spec: BuildSpec, lock: Lock, version: string): Plan {
  const surroundings = {
    image: { name: spec.name, version, description: spec.description },
    architecture: spec.architecture,
    platform: spec.platform,
    epoch: spec.epoch ?? lock.base.epoch,
    network: spec.network,
    secrets: spec.secrets.map((secret) => secret.id),
    config: mergeConfig(lock.base.config, spec.config),
  };
  const plan = {
    ...surroundings,
    limits: spec.limits,
    disk: spec.disk,
    steps: planSteps(spec, lock, surroundings),
    outputs: spec.outputs.map(({ type, options }) => ({
      type,
      options,
      id: digestOf('gild.output.v2', defineOutput({ type, options }, surroundings, true)),
    })),
    checks: planChecks(spec, lock, surroundings),
  };
  return { id: planId(plan), ...plan };
}

/** Over what will be done, not over where the recipe lies on this host. */
function planId(plan: Omit<Plan, 'id'>): Digest {
  const ids = (items: readonly { readonly id: Digest }[]) => items.map((item) => item.id);
  const { steps, outputs, checks, ...rest } = plan;
  return digestOf('gild.plan.v2', { ...rest, steps: ids(steps), outputs: ids(outputs), checks: ids(checks) });
}

function planSteps(spec: BuildSpec, lock: Lock, surroundings: Surroundings): PlanStep[] {
  const steps: PlanStep[] = [];
  const add = (step: Unidentified<PlanStep>) => {
    const id = digestOf(`gild.step.${step.kind}.v2`, defineStep(step, surroundings));
    steps.push({ ...step, id } as PlanStep);
  };
  add({ kind: 'base', name: 'base', spec: spec.base, locked: lock.base });
  if (spec.files.length > 0) {
    const files = spec.files.map((file, index) => ({ ...file, digest: digestOfFile(lock, index) }));
    add({ kind: 'files', name: 'files', files });
  }
  lock.components.forEach((component, index) => {
    const step = planComponent(component, cacheOf(spec, index));
    if (step.phases.length > 0) add({ ...step, name: uniqueName(step.name, steps) });
  });
  return steps;
}

function planComponent(component: LockedComponent, cache: CacheSpec): Omit<ComponentStep, 'id'> {
  const { document, parameters } = component;
  return {
    kind: 'component',
    name: `component/${component.name}`,
    document,
    parameters,
    phases: document.phases.map((phase) => phase.name).filter((name) => buildPhases.includes(name)),
    ...outside(component),
    ...reusing(cache, component),
  };
}

function planChecks(spec: BuildSpec, lock: Lock, surroundings: Surroundings): PlannedCheck[] {
  const identified = (check: Unidentified<PlannedCheck>) =>
    ({ ...check, id: digestOf('gild.check.v2', defineCheck(check, surroundings)) }) as PlannedCheck;
  const tests = spec.tests.map((test) =>
    identified({ kind: 'test', name: test.name, test, ...reusing(spec.cache ?? always) }),
  );
  const components = lock.components.flatMap((component, index): PlannedCheck[] => {
    const { document, parameters } = component;
    if (!document.phases.some((phase) => phase.name === 'test')) return [];
    const policy = reusing(cacheOf(spec, index), component);
    return [
      identified({
        kind: 'component',
        name: document.name,
        document,
        parameters,
        ...outside(component),
        ...policy,
      }),
    ];
  });
  return [...components, ...tests];
}

const always: CacheSpec = { reuse: true };

function cacheOf(spec: BuildSpec, component: number): CacheSpec {
  return spec.components[component]?.cache ?? spec.cache ?? always;
}

/** What a component takes from outside of its document, as far as that is known. */
function outside({
  facts,
  nested,
  varies,
}: LockedComponent): Pick<ComponentStep, 'facts' | 'nested' | 'varies'> {
  return {
    ...(facts !== undefined && { facts }),
    ...(nested !== undefined && { nested }),
    ...(varies !== undefined && { varies }),
  };
}

function reusing(
  { reuse, maxAge, epoch }: CacheSpec,
  { varies: [one] = [] }: Pick<LockedComponent, 'varies'> = {},
): Pick<ComponentStep, 'token' | 'policy'> {
  return {
    ...(epoch !== undefined && { token: epoch }),
    policy: {
      reuse: reuse && one === undefined,
      ...(reuse && one !== undefined && { because: `it uses ${one}, which can be another one each time` }),
      ...(maxAge !== undefined && { maxAge }),
    },
  };
}

/** The recipe's settings over those of the base image; lists replace, maps merge. */
function mergeConfig(base: Partial<ContainerConfig> | undefined, own: ContainerConfig): ContainerConfig {
  const startsAnew = own.entrypoint.length > 0;
  return {
    env: { ...base?.env, ...own.env },
    user: own.user || (base?.user ?? ''),
    workingDir: own.workingDir || (base?.workingDir ?? ''),
    entrypoint: startsAnew ? own.entrypoint : (base?.entrypoint ?? []),
    cmd: startsAnew || own.cmd.length > 0 ? own.cmd : (base?.cmd ?? []),
    ports: [...new Set([...(base?.ports ?? []), ...own.ports])].sort(),
    labels: { ...base?.labels, ...own.labels },
  };
}

function digestOfFile(lock: Lock, index: number): Digest {
  const locked = lock.files[index];
  if (!locked) throw new Error(`the lock holds no file ${index}`);
  return locked.digest;
}

function uniqueName(name: string, steps: readonly PlanStep[]): string {
  let free = name;
  for (let count = 2; steps.some((step) => step.name === free); count++) free = `${name}#${count}`;
  return free;
}
