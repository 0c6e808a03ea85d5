import { describe, expect, it } from 'vitest';
import { load } from './recipe-fixture.ts';

const recipe = (fields: string) => `name: web\nversion: 1.0.0\n${fields}`;

describe('variables', () => {
  it('take the default, then the environment, then variable files in their order, then flags', async () => {
    const text = recipe(
      `description: \${var.a} \${var.b} \${var.c} \${var.d} \${var.e}\nvariables: {a: 1, b: 1, c: 1, d: 1, e: 1}\n`,
    );
    const { spec } = await load(text, {
      env: { GILD_VAR_b: '2', GILD_VAR_c: '2', GILD_VAR_d: '2', GILD_VAR_e: '2' },
      varFiles: ['one.yaml', 'two.json'],
      files: { 'one.yaml': 'c: 3\nd: 3\ne: 3\n', 'two.json': '{"d": 4, "e": 4}' },
      vars: { e: '5' },
    });
    expect(spec.description).toBe('1 2 3 4 5');
  });

  it('keep their type where they are the whole value', async () => {
    const text = recipe(`limits: {cpus: "\${var.cpus}", pids: "\${var.pids}"}
tests: [{name: Up, type: port, port: "\${var.port}"}]
config: {cmd: "\${var.words}", ports: ["\${var.port}"]}
network: \${var.network}
variables:
  cpus: 1.5
  pids: {type: number}
  port: {type: number, default: 80}
  words: [a, b]
  network: loopback
`);
    const { spec } = await load(text, { vars: { pids: '100', words: '["a b", "c"]' } });
    expect(spec.limits).toEqual({ cpus: 1.5, pids: 100 });
    expect(spec.tests[0]?.options).toEqual({ port: 80 });
    expect(spec.config.cmd).toEqual(['a b', 'c']);
    expect(spec.config.ports).toEqual(['80/tcp']);
    expect(spec.network).toBe('loopback');
  });

  it('are text as written where text is wanted', async () => {
    const text = recipe(`description: \${var.release}
config: {env: {A: "\${var.release}", B: "v\${var.release}", C: "\${var.on}"}, cmd: "\${var.all}"}
variables: {release: 1.10, on: true, all: [1.10, true, x]}
`);
    const { spec } = await load(text);
    expect(spec.description).toBe('1.10');
    expect(spec.config.env).toEqual({ A: '1.10', B: 'v1.10', C: 'true' });
    expect(spec.config.cmd).toEqual(['1.10', 'true', 'x']);
  });

  it('leave all other dollar signs alone', async () => {
    const script = `echo \${HOME} $1 $$ \${x:-y} $(date) {{ Param }} $\${var.a} $\${b}`;
    const { spec } = await load(recipe(`components:\n  - steps:\n      - run: '${script}'\nvariables: {}\n`));
    const use = spec.components[0]?.use as { document: { phases: { steps: unknown[] }[] } } | undefined;
    expect(use?.document.phases[0]?.steps[0]).toMatchObject({
      inputs: { commands: ['set -e', `echo \${HOME} $1 $$ \${x:-y} $(date) {{ Param }} \${var.a} $\${b}`] },
    });
  });

  it('work in paths, lists, parameters and names of things', async () => {
    const text = recipe(`components:
  - path: ./\${var.file}.yaml
  - name: \${var.file}
    parameters: {Of: "\${var.file}"}
tests: [{name: "Is \${var.file}", type: command, run: "test \${var.file}"}]
variables: {file: app}
`);
    const { spec } = await load(text, { files: { 'app.yaml': '' } });
    expect(spec.components[0]?.use).toMatchObject({ path: `${spec.source.directory}/app.yaml` });
    expect(spec.components[1]).toMatchObject({ use: { name: 'app' }, parameters: { Of: 'app' } });
    expect(spec.tests[0]).toMatchObject({ name: 'Is app', options: { run: 'test app' } });
  });

  it('hand over sensitive values for redaction', async () => {
    const text = recipe(`description: \${var.a} \${var.b} \${var.c}0\${var.c}
variables:
  a: {default: first-secret, sensitive: true}
  b: {type: string, sensitive: true}
  c: open
`);
    const { sensitive } = await load(text, { vars: { b: 'second-secret' } });
    expect(sensitive).toEqual(['first-secret', 'second-secret']);
  });
});
