import { describe, expect, it } from 'vitest';
import { fc } from '../../test/support/properties.ts';
import type { BuildSpec } from '../model/buildspec.ts';
import type { ComponentDocument } from '../model/component.ts';
import type { Lock } from '../model/lock.ts';
import type { Plan } from '../model/plan.ts';
import { canonicalJson, sha256 } from '../support/canonical.ts';
import { defineCheck, defineOutput, defineStep } from './definitions.ts';
import { planBuild } from './plan.ts';

const at = { file: '/somewhere/recipe.yaml', line: 1, column: 1 };

const document: ComponentDocument = {
  name: 'nginx',
  version: '1.0.0',
  description: 'a web server',
  parameters: [{ name: 'port', value: '80', description: 'where it listens' }],
  constants: [{ name: 'user', value: 'www', description: 'who it runs as' }],
  phases: ['build', 'validate', 'test'].map((name) => ({
    name,
    steps: [
      {
        name: `Step-${name}`,
        action: 'ExecuteBash',
        inputs: { commands: [`echo ${name}`], at: 'here', description: 'part of the inputs' },
        onFailure: 'Abort' as const,
        if: {
          when: { kind: 'compare' as const, operator: 'fileExists', operand: '/x' },
          ifTrue: 'Skip' as const,
          ifFalse: 'Execute' as const,
        },
        loop: { kind: 'each' as const, values: ['a'] },
        maxAttempts: 1,
        retry: { delaySeconds: 1, factor: 2, maxDelaySeconds: 3 },
        timeoutSeconds: 7200,
        disableLogging: false,
        at,
      },
    ],
  })),
  disableLogging: false,
  digest: sha256('nginx'),
  file: '/library/nginx.yaml',
};

const inputs = {
  spec: {
    name: 'web',
    version: '1.0.x',
    description: 'a description',
    platform: 'sandbox',
    architecture: 'amd64',
    base: { kind: 'debian', reference: 'debian:bookworm', options: { suite: 'bookworm' }, at },
    components: [
      {
        use: { kind: 'named', name: 'nginx', version: 'latest' },
        parameters: { port: '80' },
        cache: { reuse: true, maxAge: 60, epoch: 'one' },
        at,
      },
    ],
    files: [
      { from: { kind: 'path', path: '/x' }, to: '/x', owner: 'root', group: 'root', mode: 420, at },
      { from: { kind: 'text', text: 'y' }, to: '/y', owner: 'www', group: 'www', mode: 384, at },
    ],
    tests: [{ name: 'up', type: 'http', options: { port: 80, body: { contains: 'x' } }, at }],
    outputs: [
      { type: 'oci', options: { compression: 'zstd' }, at },
      { type: 'rootfs', options: { compression: 'zstd' }, at },
    ],
    config: {
      env: { A: 'b' },
      user: 'www',
      workingDir: '/srv',
      entrypoint: ['nginx'],
      cmd: ['-g'],
      ports: ['80/tcp'],
      labels: { x: 'y' },
    },
    secrets: [{ id: 'token', from: { kind: 'env', name: 'TOKEN' }, at }],
    network: 'on',
    disk: {
      size: 1,
      headroom: 1,
      filesystem: 'ext4',
      swap: 1,
      partitions: [{ mountPoint: '/home', filesystem: 'ext4', size: 1, headroom: 1, options: ['nodev'] }],
      firmware: ['bios'],
      boot: 'grub',
      secureBoot: false,
      kernelOptions: 'quiet',
      keep: ['logs'],
    },
    limits: { memory: 1, cpus: 1, pids: 1 },
    cache: { reuse: true, maxAge: 60, epoch: 'one' },
    epoch: 1_700_000_000,
    source: { file: '/somewhere/recipe.yaml', directory: '/somewhere' },
  } satisfies BuildSpec,
  lock: {
    base: {
      kind: 'debian',
      reference: 'debian:bookworm',
      digest: sha256('base'),
      epoch: 1_600_000_000,
      pin: { mirror: 'http://mirror.example' },
      config: { env: { PATH: '/bin' }, labels: { base: 'label' } },
      parent: { name: 'base', version: '1.0.0', build: 1 },
    },
    components: [
      {
        name: 'nginx',
        version: '1.0.0',
        digest: document.digest,
        document,
        parameters: { port: '80' },
        facts: sha256('packages'),
        nested: [{ ...document, name: 'inner', digest: sha256('inner') }],
        varies: ['context:date'],
      },
    ],
    files: [
      { digest: sha256('x'), entries: 1, bytes: 1 },
      { digest: sha256('y'), entries: 1, bytes: 1 },
    ],
  } satisfies Lock,
  version: '1.0.0',
};

type Inputs = typeof inputs;

/**
 * What may change without any work having to be done again but that of outputs that show it, and why. Everything that is
 * not on this list changes some definition.
 */
const excluded: readonly (readonly [field: RegExp, why: string])[] = [
  [/^spec\.name$/, 'names are for people; outputs show it'],
  [/^spec\.version$/, 'only a pattern; `version` is what comes of it'],
  [/^version$/, 'stamped at outputs, in no tree'],
  [/^(?!.*\.inputs\.).*\bdescription$/, 'for people'],
  [/\.at\.(?:file|line|column)$/, 'where a person wrote it'],
  [/^spec\.source\./, 'where the recipe lies'],
  [/^spec\.base\./, 'the lock says what it is'],
  [/^spec\.components\.0\.(?:use|parameters)\./, 'the lock says what it is'],
  [/^spec\.files\.\d\.from\./, 'the lock has the digest of its content'],
  [/\.tests\.0\.name$/, 'names are for people'],
  [/labels\.\w+$/, 'labels are for people; outputs show them'],
  [/^spec\.secrets\.0\.from\./, 'values of secrets are in no layer'],
  [/^spec\.disk\./, 'in the definition of what is made of a disk, beside that of the output'],
  [/^spec\.limits\./, 'what may be used up, not what is made'],
  [/\.cache\.(?:reuse|maxAge)$/, 'when a result may be used, not what it is'],
  [
    /^lock\.base\.(?:reference|epoch|pin\..*|parent\..*)$/,
    'the digest says what it is; the recipe has an epoch',
  ],
  [/^lock\.components\.0\.(?:name|version|digest)$/, 'names are for people; the document itself counts'],
  [
    /\.(?:document|nested\.0)\.(?:name|version|digest|file)$/,
    'names are for people; the document itself counts',
  ],
  [/\.(?:document|nested\.0)\.parameters\.0\./, 'a declaration; the value is in `parameters`'],
  [/\.(?:maxAttempts|timeoutSeconds|retry\.\w+)$/, 'how long and how often it is tried'],
  [/^lock\.files\.\d\.(?:entries|bytes)$/, 'counted for people'],
];

/** In the bytes of an output that shows the image's name and settings. */
const stamped =
  /^(?:spec\.name|version|spec\.description|spec\.config\.labels\.\w+|lock\.base\.config\.labels\.\w+)$/;

describe('definitions', () => {
  const leaves = leavesOf(inputs);
  const before = definitionsOf(inputs);

  it('change with every field of recipe and lock, unless it is on the list of what cannot matter', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...leaves),
        fc.string({ minLength: 1 }),
        fc.integer(),
        (path, text, number) => {
          const mutated = mutate(inputs, path, { text, number });
          const changed = definitionsOf(mutated) !== before;
          const isExcluded = excluded.some(([field]) => field.test(path));
          expect(changed, path).toBe(!isExcluded);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('are each changed by something: no entry of the list is left over', () => {
    for (const [field] of excluded)
      expect(
        leaves.some((path) => field.test(path)),
        String(field),
      ).toBe(true);
  });

  it('of outputs that show the image change with what they show, and with nothing else of the list', () => {
    const outputsOf = (of: Inputs) => {
      const plan = planOf(of);
      return canonicalJson(plan.outputs.map((output) => defineOutput(output, plan, true)));
    };
    for (const path of leaves.filter((leaf) => excluded.some(([field]) => field.test(leaf)))) {
      const changed = outputsOf(mutate(inputs, path, { text: 'z', number: 7 })) !== outputsOf(inputs);
      expect(changed, path).toBe(stamped.test(path));
    }
  });

  it('of a step do not know the steps around it, nor their order', () => {
    const { spec, lock } = inputs;
    const other = {
      ...lock.components[0],
      name: 'other',
      document: { ...document, name: 'other', phases: document.phases.slice(0, 1) },
    } as Lock['components'][number];
    const both = (components: Lock['components']) => {
      const recipe = { ...spec, components: components.map(() => spec.components[0]) } as BuildSpec;
      return new Map(
        planBuild(recipe, { ...lock, components }, '1.0.0').steps.map(({ name, id }) => [name, id]),
      );
    };
    const [first] = lock.components as readonly Lock['components'][number][];
    if (!first) throw new Error('there is a component');
    expect(both([first, other])).toEqual(new Map([...both([other, first])]));
  });

  it('hold the version of every piece of Gild that takes part', () => {
    const plan = planOf(inputs);
    const all = [
      ...plan.steps.map((step) => defineStep(step, plan)),
      ...plan.checks.map((check) => defineCheck(check, plan)),
      ...plan.outputs.map((output) => defineOutput(output, plan, false)),
    ];
    const pieces = all.map((definition) => Object.keys(definition.implementation as object).join(' '));
    expect(pieces).toMatchInlineSnapshot(`
      [
        "bases base layer",
        "files layer",
        "component layer actions",
        "component layer actions",
        "tests test",
        "outputs output",
        "outputs output",
      ]
    `);
  });

  it('are the same however often and whenever they are asked for', () => {
    expect(definitionsOf(structuredClone(inputs))).toBe(before);
  });
});

function planOf({ spec, lock, version }: Inputs): Plan {
  return planBuild(spec, lock, version);
}

function definitionsOf(of: Inputs): string {
  const plan = planOf(of);
  return canonicalJson([
    plan.steps.map((step) => defineStep(step, plan)),
    plan.checks.map((check) => defineCheck(check, plan)),
    plan.outputs.map((output) => defineOutput(output, plan, false)),
  ]);
}

function leavesOf(value: unknown, path: readonly string[] = []): string[] {
  if (typeof value !== 'object' || value === null) return [path.join('.')];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...path, name]));
}

/** Another value of the same type in one place. */
function mutate(of: Inputs, path: string, other: { readonly text: string; readonly number: number }): Inputs {
  const copy = structuredClone(of);
  const names = path.split('.');
  const last = names.pop() ?? '';
  const parent = names.reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], copy);
  const node = parent as Record<string, unknown>;
  node[last] = otherValue(path, node[last], other);
  return copy;
}

function otherValue(
  path: string,
  value: unknown,
  { text, number }: { text: string; number: number },
): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value === number ? number + 1 : number;
  if (/\.phases\.\d\.name$/.test(path)) return value === 'build' ? 'validate' : 'build';
  return `${value}${text}`;
}
