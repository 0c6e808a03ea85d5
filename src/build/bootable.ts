import type { BuildSpec } from '../model/buildspec.ts';
import { findOutput } from '../outputs/index.ts';

/** The component that gives a tree what it boots with; it does nothing where all of that is there. */
const component = 'bootable-linux';

/** A recipe that asks for a disk gets what makes its tree boot, last, unless it says where and how itself. */
export function withBoot(spec: BuildSpec): BuildSpec {
  const named = spec.components.some(({ use }) => use.kind === 'named' && use.name === component);
  if (named || !spec.outputs.some(({ type }) => findOutput(type)?.disk)) return spec;
  const use = { kind: 'named', name: component, version: 'latest' } as const;
  return { ...spec, components: [...spec.components, { use, parameters: {} }] };
}
