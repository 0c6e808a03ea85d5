import { checkKeys, readFlag, requireName } from './keys.ts';
import { childOf, describe, entryOf } from './node.ts';
import type { ListNode, MapNode, Source } from './source.ts';
import { type ReadStep, readStep } from './step.ts';

/** A phase with its steps and the nodes they were read from. */
export interface ReadPhase {
  readonly name: string;
  readonly steps: readonly ReadStep[];
}

export function readPhases(root: MapNode, source: Source, disableLogging: boolean): ReadPhase[] {
  const list = requireList(root, 'phases', 'The document', source);
  if (!list) return [];
  const names = new Set<string>();
  const phases = list.items.flatMap((item): ReadPhase[] => {
    if (item.kind !== 'map') {
      source.error(item.start, `A phase is a map with \`name\` and \`steps\`, not ${describe(item)}.`);
      return [];
    }
    checkKeys(item, ['name', 'steps', 'disableLogging'], source, { unknown: 'error', of: 'a phase' });
    const name = requireName(item, 'The phase', source);
    if (name !== undefined && names.has(name))
      duplicate(item, `There are two phases named \`${name}\`.`, source);
    if (name !== undefined) names.add(name);
    const silent = readFlag(item, 'disableLogging', source) || disableLogging;
    const steps = readSteps(item, name, source, silent);
    return name === undefined ? [] : [{ name, steps }];
  });
  if (phases.length > 0 && !phases.some((phase) => runnable.includes(phase.name))) {
    source.warn(list.start, 'No phase of the document ever runs.', 'Name one `build`, `validate` or `test`.');
  }
  return phases;
}

const runnable = ['build', 'validate', 'test'];

function readSteps(
  phase: MapNode,
  phaseName: string | undefined,
  source: Source,
  silent: boolean,
): ReadStep[] {
  const list = requireList(phase, 'steps', phaseName ? `The phase \`${phaseName}\`` : 'The phase', source);
  if (!list) return [];
  const names = new Set<string>();
  const loops = new Set<string>();
  return list.items.flatMap((item) => {
    if (item.kind !== 'map') {
      source.error(
        item.start,
        `A step is a map with \`name\`, \`action\` and \`inputs\`, not ${describe(item)}.`,
      );
      return [];
    }
    const name = requireName(item, 'The step', source);
    if (name !== undefined && names.has(name))
      duplicate(item, `There are two steps named \`${name}\` in this phase.`, source);
    if (name !== undefined) names.add(name);
    const read = readStep(item, name ?? '', source, silent);
    const loop = read?.step.loop?.name;
    if (loop !== undefined && loops.has(loop)) {
      const at = read?.loop?.kind === 'map' ? (childOf(read.loop, 'name') ?? read.loop) : item;
      source.error(at.start, `There are two loops named \`${loop}\` in this phase.`);
    }
    if (loop !== undefined) loops.add(loop);
    return read ? [read] : [];
  });
}

function requireList(node: MapNode, key: string, owner: string, source: Source): ListNode | undefined {
  const value = childOf(node, key);
  const at = value?.start ?? entryOf(node, key)?.keyStart ?? node.start;
  if (!value) source.error(at, `${owner} has no \`${key}\`.`);
  else if (value.kind !== 'list') source.error(at, `\`${key}\` must be a list, not ${describe(value)}.`);
  else if (value.items.length === 0) source.error(at, `\`${key}\` is an empty list.`);
  return value?.kind === 'list' ? value : undefined;
}

function duplicate(node: MapNode, message: string, source: Source): void {
  source.error(
    childOf(node, 'name')?.start ?? node.start,
    message,
    'References need names that tell them apart.',
  );
}
