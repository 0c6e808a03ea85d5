import type { ComponentDocument } from '../model/component.ts';
import type { Plan, PlanStep } from '../model/plan.ts';
import type { Layer, Tree } from '../model/tree.ts';
import type { BuildMachine } from '../platforms/types.ts';
import { emptyTar } from '../support/tar/empty.ts';
import { putFiles } from './files.ts';
import { StepFailed, track } from './track.ts';
import type { EngineDeps, Outside, ReusedLayers, StepLayers } from './types.ts';

export interface BuiltTree {
  readonly tree: Tree;
  /** The layers that this run laid on the base. */
  readonly made: readonly Layer[];
  /** The tree after each step, by its name. */
  readonly after: ReadonlyMap<string, Tree>;
  /** What each step took from outside, now or when it was made, by its name. */
  readonly outside: ReadonlyMap<string, Outside>;
  /** The marker files of each step that left any, by its name. */
  readonly markers: ReadonlyMap<string, readonly string[]>;
}

/**
 * Carries out the steps of a plan, each into a layer of its own, or takes what they made before. Throws `STEP_FAILED`
 * and what lies below it.
 */
export async function runSteps(plan: Plan, deps: EngineDeps): Promise<BuiltTree> {
  let tree: Tree = { layers: [] };
  const made: Layer[] = [];
  const after = new Map<string, Tree>();
  const outside = new Map<string, Outside>();
  const marked = new Map<string, readonly string[]>();
  for (const step of plan.steps) {
    deps.signal.throwIfAborted();
    const { layers, markers, ...taken } = await runStep(plan, step, tree, deps);
    tree = { layers: [...tree.layers, ...layers] };
    after.set(step.name, tree);
    outside.set(step.name, taken);
    if (markers) marked.set(step.name, markers);
    if (step.kind !== 'base') made.push(...layers);
  }
  return { tree, made, after, outside, markers: marked };
}

function runStep(plan: Plan, step: PlanStep, tree: Tree, deps: EngineDeps): Promise<StepLayers> {
  return track(deps.emit, { step: step.name, ...describe(step) }, async (settled) => {
    const { result, from } = await (step.kind === 'base'
      ? deps.reuse(step, tree, async () => ({
          layers: await deps.fetchBase(step.locked, noteTo(deps, step.name)),
        }))
      : reuseOrMake(plan, step, tree, deps));
    if (from !== undefined) settled('reused');
    if (step.kind === 'base') return result;
    const layers = result.layers.map((layer) => ({ ...layer, createdBy: createdBy(step) }));
    return { ...result, layers };
  });
}

type MachineStep = Exclude<PlanStep, { kind: 'base' }>;

/** What failed is shown with its machine still there, but no longer keeps others from trying the same. */
async function reuseOrMake(
  plan: Plan,
  step: MachineStep,
  tree: Tree,
  deps: EngineDeps,
): Promise<ReusedLayers> {
  for (;;) {
    let scene: { readonly machine: BuildMachine; readonly failed: StepFailed } | undefined;
    try {
      return await deps.reuse(step, tree, async () => {
        const machine = await startMachine(plan, step, tree, deps);
        try {
          const { failed, outside } = await perform(plan, step, machine, deps);
          if (!failed) {
            const markers = (await deps.findMarkers?.(machine)) ?? [];
            const layers = await captureLayer(plan, step, machine, deps);
            return { layers, ...outside, ...(markers.length > 0 && { markers }) };
          }
          scene = { machine, failed };
          throw failed;
        } finally {
          if (!scene) await machine.close();
        }
      });
    } catch (error) {
      if (!scene) throw error;
      const { machine, failed } = scene;
      try {
        deps.signal.throwIfAborted();
        const answer = await deps.onFailure({ step: step.name, failure: failed.failure, machine, tree });
        if (answer === 'stop') throw failed;
      } finally {
        await machine.close();
      }
    }
  }
}

async function startMachine(
  plan: Plan,
  step: MachineStep,
  tree: Tree,
  deps: EngineDeps,
): Promise<BuildMachine> {
  const platform = await deps.platform();
  const { shared = [], env } = await deps.surroundings(step, tree);
  return platform.start(tree, {
    network: plan.network,
    limits: plan.limits,
    secrets: deps.secrets,
    shared,
    env: { SOURCE_DATE_EPOCH: String(plan.epoch), ...env },
    signal: deps.signal,
  });
}

/** A step that changed nothing leaves no layer. */
async function captureLayer(
  plan: Plan,
  step: MachineStep,
  machine: BuildMachine,
  deps: EngineDeps,
): Promise<readonly Layer[]> {
  const layer = await machine.capture({ epoch: plan.epoch, createdBy: createdBy(step) });
  await deps.inspectLayer?.(layer);
  return layer.diffId === emptyTar ? [] : [layer];
}

async function perform(
  plan: Plan,
  step: MachineStep,
  machine: BuildMachine,
  deps: EngineDeps,
): Promise<{ readonly failed?: StepFailed; readonly outside?: Outside }> {
  if (step.kind === 'files') {
    await putFiles(step.files, machine, { epoch: plan.epoch, signal: deps.signal });
    return {};
  }
  const { status, failure, outside } = await deps.runComponent({ step, phases: step.phases, machine });
  if (status === 'success') return outside ? { outside } : {};
  return { failed: new StepFailed(failure ?? { code: 'STEP_FAILED', message: `${step.name} failed.` }) };
}

function describe(step: PlanStep): { title: string; detail?: string } {
  if (step.kind === 'base') return { title: `base ${step.locked.reference}` };
  if (step.kind === 'files') {
    return { title: `files (${step.files.length})`, detail: step.files.map((file) => file.to).join(', ') };
  }
  return { title: nameOf(step.document, ' '), detail: step.document.description };
}

function createdBy(step: MachineStep): string {
  return step.kind === 'files'
    ? `gild files ${step.files.map((file) => file.to).join(' ')}`
    : `gild component ${nameOf(step.document, '@')}`;
}

/** Inline steps have no version. */
function nameOf({ name, version }: ComponentDocument, separator: string): string {
  return version === '0.0.0' ? name : `${name}${separator}${version}`;
}

function noteTo(deps: EngineDeps, step: string): (line: string) => void {
  return (line) => deps.emit({ type: 'step.output', step, stream: 'note', lines: [line] });
}
