import type { BuildSpec, ContainerConfig } from '../model/buildspec.ts';
import type { Digest } from '../model/digest.ts';
import type { Lock, LockedComponent } from '../model/lock.ts';
import type { ComponentStep, Plan, PlannedCheck, PlanStep } from '../model/plan.ts';
import { digestOf } from '../support/canonical.ts';

/** The phases of a component that run while building; `test` runs on the fresh machine. */
export const buildPhases: readonly string[] = ['build', 'validate'];

/**
 * BuildSpec + Lock -> Plan. Pure: no clock, no network, no disk.
 * `version` is the spec's, with `x` already turned into a number.
 */
export function planBuild(spec: BuildSpec, lock: Lock, version: string): Plan {
  const epoch = spec.epoch ?? lock.base.epoch;
  const steps = planSteps(spec, lock, epoch);
  const tree = steps.at(-1)?.id ?? digestOf('gild.plan.empty', null);
  const config = mergeConfig(lock.base.config, spec.config);
  const outputs = spec.outputs.map(({ type, options }) => ({
    type,
    options,
    id: digestOf('gild.output.v1', { tree, type, options, config, epoch }),
  }));
  const checks = planChecks(spec, lock, tree);
  const plan = {
    image: { name: spec.name, version, description: spec.description },
    architecture: spec.architecture,
    platform: spec.platform,
    epoch,
    network: spec.network,
    limits: spec.limits,
    secrets: spec.secrets.map((secret) => secret.id),
    config,
    steps,
    outputs,
    checks,
  };
  return { id: planId(plan), ...plan };
}

/** Over what will be done, not over where the recipe lies on this host. */
function planId(plan: Omit<Plan, 'id'>): Digest {
  const ids = (items: readonly { readonly id: Digest }[]) => items.map((item) => item.id);
  const { steps, outputs, checks, ...rest } = plan;
  return digestOf('gild.plan.v1', { ...rest, steps: ids(steps), outputs: ids(outputs), checks: ids(checks) });
}

function planSteps(spec: BuildSpec, lock: Lock, epoch: number): PlanStep[] {
  const environment = {
    platform: spec.platform,
    architecture: spec.architecture,
    network: spec.network,
    epoch,
  };
  const steps: PlanStep[] = [];
  let previous = digestOf('gild.step.base.v1', { digest: lock.base.digest, architecture: spec.architecture });
  steps.push({ kind: 'base', id: previous, name: 'base', spec: spec.base, locked: lock.base });
  if (spec.files.length > 0) {
    const files = spec.files.map((file, index) => ({ ...file, digest: digestOfFile(lock, index) }));
    const contents = files.map(({ digest, to, owner, group, mode }) => ({ digest, to, owner, group, mode }));
    previous = digestOf('gild.step.files.v1', { previous, contents, epoch });
    steps.push({ kind: 'files', id: previous, name: 'files', files });
  }
  for (const component of lock.components) {
    const step = planComponent(component, { previous, environment });
    if (step.phases.length === 0) continue;
    previous = step.id;
    steps.push({ ...step, name: uniqueName(`component/${component.name}`, steps) });
  }
  return steps;
}

function planComponent(
  component: LockedComponent,
  after: { readonly previous: Digest; readonly environment: unknown },
): ComponentStep {
  const { document, parameters } = component;
  const phases = document.phases.map((phase) => phase.name).filter((name) => buildPhases.includes(name));
  return {
    kind: 'component',
    id: digestOf('gild.step.component.v1', { ...after, document: document.digest, parameters, phases }),
    name: `component/${component.name}`,
    document,
    parameters,
    phases,
  };
}

function planChecks(spec: BuildSpec, lock: Lock, tree: Digest): PlannedCheck[] {
  const tests = spec.tests.map((test): PlannedCheck => {
    const id = digestOf('gild.check.v1', { tree, type: test.type, options: test.options });
    return { kind: 'test', id, name: test.name, test };
  });
  const components = lock.components.flatMap(({ document, parameters }): PlannedCheck[] => {
    if (!document.phases.some((phase) => phase.name === 'test')) return [];
    const id = digestOf('gild.check.component.v1', { tree, document: document.digest, parameters });
    return [{ kind: 'component', id, name: document.name, document, parameters }];
  });
  return [...components, ...tests];
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
