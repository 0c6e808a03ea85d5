import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GildError } from '../support/errors.ts';
import { loadRecipe } from './load.ts';
import { load, someKinds } from './recipe-fixture.ts';

const minimal = 'name: web\nversion: 1.0.0\n';

describe('loading a recipe', () => {
  it('fills in the documented defaults', async () => {
    const { spec, warnings, sensitive } = await load(minimal);
    expect(spec).toMatchObject({
      name: 'web',
      version: '1.0.0',
      description: '',
      platform: 'sandbox',
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      base: { kind: 'debian', reference: 'debian:bookworm' },
      components: [],
      files: [],
      tests: [],
      outputs: [{ type: 'oci', options: { compression: 'zstd' } }],
      config: { env: {}, user: '', workingDir: '', entrypoint: [], cmd: [], ports: [], labels: {} },
      secrets: [],
      network: 'on',
      limits: {},
    });
    expect(spec).not.toHaveProperty('epoch');
    expect(warnings).toEqual([]);
    expect(sensitive).toEqual([]);
  });

  it('takes sections that were left empty for absent ones', async () => {
    const { spec } = await load(`${minimal}components:\ntests:\noutputs:\nconfig:\nfiles:\n`);
    expect(spec.components).toEqual([]);
    expect(spec.outputs).toMatchObject([{ type: 'oci' }]);
  });

  it('writes the short forms of components out', async () => {
    const recipe = `${minimal}components:
  - nginx
  - docker@27.x.x
  - name: user
    parameters: {Name: app, Uid: 0100, Login: true}
  - path: ./app.yaml
`;
    const { spec } = await load(recipe, { files: { 'app.yaml': '' } });
    expect(spec.components.map(({ use, parameters }) => ({ use, parameters }))).toEqual([
      { use: { kind: 'named', name: 'nginx', version: 'latest' }, parameters: {} },
      { use: { kind: 'named', name: 'docker', version: '27.x.x' }, parameters: {} },
      {
        use: { kind: 'named', name: 'user', version: 'latest' },
        parameters: { Name: 'app', Uid: '0100', Login: 'true' },
      },
      { use: { kind: 'path', path: `${spec.source.directory}/app.yaml` }, parameters: {} },
    ]);
    expect(spec.components.map(({ at }) => at?.line)).toEqual([4, 5, 6, 8]);
  });

  it('makes a component document of inline steps', async () => {
    const recipe = `${minimal}components:
  - steps:
      - run: echo hello
      - run: [a, b]
        name: Both
        onFailure: Ignore
      - {name: Update, action: UpdateOS, if: {fileExists: /etc/a}, loop: {forEach: [x]}}
    parameters: {Greeting: 1.10}
`;
    const { spec } = await load(recipe);
    expect(spec.components[0]?.use).toEqual({
      kind: 'inline',
      name: 'inline-1',
      steps: [5, 6, 9].map((line) => expect.objectContaining({ line, column: 9 })),
      document: {
        schemaVersion: '1.0',
        parameters: [{ Greeting: { type: 'string' } }],
        phases: [
          {
            name: 'build',
            steps: [
              { name: 'Run1', action: 'ExecuteBash', inputs: { commands: ['set -e', 'echo hello'] } },
              {
                name: 'Both',
                action: 'ExecuteBash',
                onFailure: 'Ignore',
                inputs: { commands: ['set -e', 'a', 'b'] },
              },
              {
                name: 'Update',
                action: 'UpdateOS',
                if: { fileExists: '/etc/a' },
                loop: { forEach: ['x'] },
              },
            ],
          },
        ],
      },
    });
    expect(spec.components[0]?.parameters).toEqual({ Greeting: '1.10' });
  });

  it('reads modes, ports, sizes and owners as people mean them', async () => {
    const recipe = `${minimal}files:
  - {content: hi, to: /etc//a, mode: 0755}
  - {content: hi, to: /etc/b, mode: "0o600", owner: 33, group: www-data}
  - {content: hi, to: /etc/c}
  - {from: a.conf, to: /etc/}
config: {ports: [80, 80/tcp, "53/udp"], env: {VERSION: 1.10, DEBUG: True, MASK: 0022}, user: 1000}
limits: {memory: 1.5GiB, cpus: 0.5}
`;
    const { spec } = await load(recipe, { files: { 'a.conf': '' } });
    expect(spec.files.map(({ to, mode, owner, group }) => ({ to, mode, owner, group }))).toEqual([
      { to: '/etc/a', mode: 0o755, owner: 'root', group: 'root' },
      { to: '/etc/b', mode: 0o600, owner: '33', group: 'www-data' },
      { to: '/etc/c', mode: 0o644, owner: 'root', group: 'root' },
      { to: '/etc/a.conf', mode: undefined, owner: 'root', group: 'root' },
    ]);
    expect(spec.config.ports).toEqual(['80/tcp', '53/udp']);
    expect(spec.config.env).toEqual({ VERSION: '1.10', DEBUG: 'True', MASK: '0022' });
    expect(spec.config.user).toBe('1000');
    expect(spec.limits).toEqual({ memory: 1_610_612_736, cpus: 0.5 });
  });

  it('follows aliases', async () => {
    const { spec } = await load(`${minimal}config: {env: &env {A: b}, labels: *env}\n`);
    expect(spec.config.labels).toEqual({ A: 'b' });
  });

  it('takes the JSON Schema that a recipe names for editors, and does nothing with it', async () => {
    const recipe = JSON.stringify({ $schema: './recipe.schema.json', name: 'web', version: '1.0.0' });
    const { spec, warnings } = await load(recipe, { fileName: 'recipe.json' });
    expect([spec.name, warnings, Object.keys(spec).includes('$schema')]).toEqual(['web', [], false]);
  });

  it('finds the recipe of a folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gild-recipe-'));
    try {
      await writeFile(join(folder, 'recipe.json'), '{"name": "web", "version": "1.0.0"}');
      const { spec } = await loadRecipe(folder, { kinds: someKinds, vars: {}, varFiles: [], env: {} });
      expect(spec.source).toEqual({ file: join(folder, 'recipe.json'), directory: folder });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says that there is no such file, and which one is near', async () => {
    const loading = loadRecipe('examples/my-app-imag.yaml', {
      kinds: someKinds,
      vars: {},
      varFiles: [],
      env: {},
    });
    await expect(loading).rejects.toMatchObject({
      code: 'RECIPE_NOT_FOUND',
      hint: 'Did you mean `examples/my-app-image.yaml`?',
    });
  });

  it('refuses a device', async () => {
    const loading = loadRecipe('/dev/zero', { kinds: someKinds, vars: {}, varFiles: [], env: {} });
    await expect(loading).rejects.toBeInstanceOf(GildError);
  });
});
