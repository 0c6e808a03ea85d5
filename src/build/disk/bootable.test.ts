import { describe, expect, it } from 'vitest';
import type { BuildSpec } from '../../model/buildspec.ts';
import { withBoot } from './bootable.ts';

const bootable = { kind: 'named', name: 'bootable-linux', version: '1.x.x' } as const;

function spec(fields: object): BuildSpec {
  return {
    components: [],
    outputs: [{ type: 'raw' }],
    disk: { boot: 'grub', secureBoot: true },
    ...fields,
  } as never;
}

describe('a recipe with a disk', () => {
  it('gets the component that makes its tree boot as it says', () => {
    expect(withBoot(spec({})).components).toMatchObject([
      { use: { name: 'bootable-linux' }, parameters: { SignedGrub: 'yes' } },
    ]);
    const parameters = (disk: object) => withBoot(spec({ disk })).components[0]?.parameters;
    expect(parameters({ boot: 'grub', secureBoot: false })).toEqual({});
    expect(parameters({ boot: 'uki', secureBoot: false })).toEqual({ SystemdBoot: 'yes' });
  });

  it('has its own parameters for that component completed, not replaced', () => {
    const components = [{ use: bootable, parameters: { SignedGrub: 'no', SshServer: 'no' } }];
    expect(withBoot(spec({ components })).components).toEqual(components);
    const silent = [{ use: bootable, parameters: { SshServer: 'no' } }];
    expect(withBoot(spec({ components: silent })).components).toEqual([
      { use: bootable, parameters: { SshServer: 'no', SignedGrub: 'yes' } },
    ]);
  });

  it('is left alone where no output is a disk', () => {
    const container = spec({ outputs: [{ type: 'oci' }] });
    expect(withBoot(container)).toBe(container);
  });
});
