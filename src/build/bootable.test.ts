import { describe, expect, it } from 'vitest';
import type { BuildSpec } from '../model/buildspec.ts';
import { withBoot } from './bootable.ts';

const bootable = { kind: 'named', name: 'bootable-linux', version: '1.x.x' } as const;

function spec(fields: object): BuildSpec {
  return { components: [], outputs: [{ type: 'raw' }], disk: { secureBoot: true }, ...fields } as never;
}

describe('a recipe with a disk', () => {
  it('gets the component that makes its tree boot as it says', () => {
    expect(withBoot(spec({})).components).toMatchObject([
      { use: { name: 'bootable-linux' }, parameters: { SignedGrub: 'yes' } },
    ]);
    expect(withBoot(spec({ disk: { secureBoot: false } })).components).toMatchObject([{ parameters: {} }]);
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
