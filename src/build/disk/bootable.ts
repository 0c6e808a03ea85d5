import type { BuildSpec, ComponentSpec } from '../../model/buildspec.ts';
import { findOutput } from '../../outputs/index.ts';

/** The component that gives a tree what it boots with; it does nothing where all of that is there. */
const component = 'bootable-linux';

/** A recipe that asks for a disk gets what makes its tree boot as it says, last, unless it says where and how itself. */
export function withBoot(spec: BuildSpec): BuildSpec {
  if (!spec.outputs.some(({ type }) => findOutput(type)?.disk)) return spec;
  const { secureBoot, boot } = spec.disk;
  const parameters = {
    ...(secureBoot && { SignedGrub: 'yes' }),
    ...(boot !== 'grub' && { SystemdBoot: 'yes' }),
  };
  const components = spec.components.map((member) =>
    isNamed(member) ? { ...member, parameters: { ...parameters, ...member.parameters } } : member,
  );
  if (components.some(isNamed)) return { ...spec, components };
  const use = { kind: 'named', name: component, version: 'latest' } as const;
  return { ...spec, components: [...components, { use, parameters }] };
}

function isNamed({ use }: ComponentSpec): boolean {
  return use.kind === 'named' && use.name === component;
}
