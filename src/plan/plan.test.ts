import { describe, expect, it } from 'vitest';
import type { BuildSpec } from '../model/buildspec.ts';
import type { ComponentDocument } from '../model/component.ts';
import type { Lock } from '../model/lock.ts';
import { canonicalJson, sha256 } from '../support/canonical.ts';
import { planBuild } from './plan.ts';

const spec: BuildSpec = {
  name: 'web',
  version: '1.0.x',
  description: '',
  platform: 'sandbox',
  architecture: 'amd64',
  base: { kind: 'debian', reference: 'debian:bookworm', options: {} },
  components: [
    { use: { kind: 'named', name: 'nginx', version: 'latest' }, parameters: { port: '80' } },
    { use: { kind: 'named', name: 'checks-only', version: 'latest' }, parameters: {} },
  ],
  files: [{ from: { kind: 'text', text: 'x' }, to: '/x', owner: 'root', group: 'root' }],
  tests: [{ name: 'up', type: 'http', options: { port: 80 } }],
  outputs: [{ type: 'oci', options: {} }],
  config: { env: {}, user: '', workingDir: '', entrypoint: [], cmd: [], ports: ['80/tcp'], labels: {} },
  secrets: [],
  network: 'on',
  disk: {
    headroom: 0,
    filesystem: 'ext4',
    partitions: [],
    firmware: ['bios'],
    boot: 'grub',
    secureBoot: false,
    kernelOptions: '',
    keep: [],
  },
  limits: {},
  source: { file: '/somewhere/recipe.yaml', directory: '/somewhere' },
};

const lock: Lock = {
  base: {
    kind: 'debian',
    reference: 'debian:bookworm',
    digest: sha256('base'),
    epoch: 1_700_000_000,
    pin: {},
    config: { cmd: ['bash'], env: { PATH: '/bin' } },
  },
  components: [component('nginx', ['build', 'validate', 'test']), component('checks-only', ['test'])],
  files: [{ digest: sha256('x'), entries: 1, bytes: 1 }],
};

function component(name: string, phases: string[]): Lock['components'][number] {
  const document: ComponentDocument = {
    name,
    version: '1.0.0',
    description: `about ${name}`,
    parameters: [],
    constants: [],
    phases: phases.map((phase) => ({ name: phase, steps: [] })),
    disableLogging: false,
    digest: sha256(name),
    file: `/lib/${name}.yaml`,
  };
  return { name, version: '1.0.0', digest: document.digest, document, parameters: { port: '80' } };
}

describe('planning', () => {
  it('gives equal bytes for equal inputs', () => {
    expect(canonicalJson(planBuild(spec, lock, '1.0.0'))).toBe(canonicalJson(planBuild(spec, lock, '1.0.0')));
  });

  it('orders base, files, then each component that builds something', () => {
    expect(planBuild(spec, lock, '1.0.0').steps.map((step) => step.name)).toEqual([
      'base',
      'files',
      'component/nginx',
    ]);
  });

  it('checks the test phases of all components, then the tests of the recipe', () => {
    expect(planBuild(spec, lock, '1.0.0').checks.map((check) => check.name)).toEqual([
      'nginx',
      'checks-only',
      'up',
    ]);
  });

  it('keeps the ids of steps when only the version, a description or the place of the recipe changes', () => {
    const before = planBuild(spec, lock, '1.0.0');
    const moved = {
      ...spec,
      description: 'other',
      source: { file: '/elsewhere/r.yaml', directory: '/elsewhere' },
    };
    const after = planBuild(moved, lock, '1.0.1');
    expect(after.steps.map((step) => step.id)).toEqual(before.steps.map((step) => step.id));
    expect(after.id).not.toBe(before.id);
  });

  it('gives a step another id when a parameter changes, and no other step', () => {
    const components = lock.components.map((component) => ({ ...component, parameters: { port: '81' } }));
    const [before, after] = [
      planBuild(spec, lock, '1.0.0'),
      planBuild(spec, { ...lock, components }, '1.0.0'),
    ];
    expect(after.steps.map((step, index) => step.id === before.steps[index]?.id)).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('lays the settings of the recipe over those of the base', () => {
    const { config } = planBuild(spec, lock, '1.0.0');
    expect(config).toMatchObject({ env: { PATH: '/bin' }, cmd: ['bash'], ports: ['80/tcp'] });
  });
});
