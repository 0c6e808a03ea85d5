import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkspace, script, smallRecipe, type Workspace } from './support/workspace.ts';

let space: Workspace;
const recipe = (first: string) =>
  smallRecipe({
    name: 'looked-at',
    components: [script(first, 'first'), script('cat /etc/first > /etc/second', 'second')],
    tests: [{ name: 'it is there', type: 'file', path: '/etc/second' }],
    outputs: ['rootfs'],
  });

beforeAll(async () => {
  space = await openWorkspace('cache-look');
  await space.write('recipe.json', recipe('echo one > /etc/first'));
  await space.write('changed.json', recipe('echo two > /etc/first'));
});
afterAll(() => space.remove());

/** Times are of the machine. */
const told = ({ stdout }: { readonly stdout: string }) => stdout.replaceAll(/\d+\.\ds/g, '0.1s');

describe('gild plan', () => {
  it('says that all is to be made where nothing was', async () => {
    const { cache } = JSON.parse((await space.gild(['plan', 'recipe.json', '--json'])).stdout);
    expect(cache.map((forecast: { outcome: string }) => forecast.outcome)).toEqual(Array(5).fill('miss'));
  });

  it('says what would be reused, what runs and why, and what depends on it', async () => {
    expect(await space.gild(['build', 'recipe.json'])).toMatchObject({ exitCode: 0 });
    expect(told(await space.gild(['plan', 'recipe.json'])).match(/reused \(took 0.1s\)/g)).toHaveLength(5);
    const steps = told(await space.gild(['plan', 'changed.json']));
    expect(steps.slice(steps.indexOf('Steps'))).toMatchInlineSnapshot(`
      "Steps
        base              ./base.tar  reused (took 0.1s)
        component/first   build       runs: build.Run1.inputs.commands.1: echo one > /etc/first -> echo two > /etc/first (took 0.1s last time)
        component/second  build       depends on what component/first comes to (took 0.1s last time)

      Outputs
        rootfs    compression=zstd  depends on what component/first comes to (took 0.1s last time)

      Tests, on fresh machines
        it is there  file  depends on what component/first comes to (took 0.1s last time)
      "
    `);
  });
});

describe('gild cache why', () => {
  it('says why a step runs, and when and where it last did', async () => {
    const said = await space.gild(['cache', 'why', 'changed.json', 'first']);
    expect(said.stdout.replaceAll(/\d{8}-\d{6}-\w{4}/g, 'RUN').replaceAll(/\b[0-9a-f]{64}/g, 'HEX')).toMatch(
      /^component\/first would run: build.Run1.inputs.commands.1: echo one > \/etc\/first -> echo two > \/etc\/first\n {2}last made just now in [\d.]+s; its log: gild logs RUN --step component\/first\n {2}key sha256:HEX\n$/,
    );
  });

  it('knows what depends on something else, and tests by their names', async () => {
    const second = await space.gild(['cache', 'why', 'changed.json', 'second']);
    expect(second.stdout).toContain('component/second may run: it depends on what component/first comes to');
    const test = await space.gild(['cache', 'why', 'recipe.json', 'it is there', '--json']);
    expect(JSON.parse(test.stdout)).toMatchObject({ kind: 'test', outcome: 'hit' });
  });

  it('refuses a step that the recipe does not have', async () => {
    const said = await space.gild(['cache', 'why', 'recipe.json', 'thirst']);
    expect(said.exitCode).toBe(2);
    expect(said.stderr).toContain('Did you mean `first`?');
  });
});

describe('gild shell --before', () => {
  it('opens the state that a step began with', async () => {
    const look = await space.gild(['shell', 'recipe.json', '--before', 'second', '--', 'ls', '/etc']);
    expect(look).toMatchObject({ exitCode: 0 });
    expect(look.stdout).toContain('first');
    expect(look.stdout).not.toContain('second');
  });

  it('says which step was never made', async () => {
    const look = await space.gild(['shell', 'changed.json', '--before', 'second', '--', 'true']);
    expect(look.exitCode).toBe(2);
    expect(look.stderr).toContain('component/first is still to be made');
  });
});
