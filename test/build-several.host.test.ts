import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkspace, script, smallRecipe, type Workspace } from './support/workspace.ts';

let space: Workspace;

beforeAll(async () => {
  space = await openWorkspace('several');
  for (const name of ['one', 'two', 'three']) {
    const components = [
      script('head -c 16 /dev/urandom > /etc/common', 'common'),
      script(`echo ${name} > /etc/own`, 'own'),
    ];
    await space.write(`${name}.json`, smallRecipe({ name, components }));
  }
  await space.write('fails.json', smallRecipe({ name: 'fails', components: [script('exit 3', 'broken')] }));
  await space.write('wrong.json', smallRecipe({ name: 'wrong', nope: 1 }));
});
afterAll(() => space.remove());

interface Line {
  readonly recipe: string;
  readonly type: string;
  readonly step?: string;
  readonly outcome?: string;
}

describe('several recipes in one command', () => {
  it('make what they share once, whoever comes first', async () => {
    const recipes = ['one.json', 'two.json', 'three.json'];
    const { exitCode, stdout } = await space.gild(['build', ...recipes, '--jobs=3', '--progress=json']);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    const outcomes = (step: string) =>
      lines.filter((line) => line.type === 'cache' && line.step === step).map(({ outcome }) => outcome);
    expect(exitCode).toBe(0);
    expect(outcomes('component/common').toSorted()).toEqual(['hit', 'hit', 'miss']);
    expect(outcomes('component/own')).toEqual(['miss', 'miss', 'miss']);
    expect(lines.filter(({ type }) => type === 'image').map(({ recipe }) => recipe)).toHaveLength(3);
  });

  it('are built although one fails, and each line says whose it is', async () => {
    const recipes = ['wrong.json', 'fails.json', 'one.json'];
    const { exitCode, stdout, stderr } = await space.gild(['build', ...recipes]);
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/one@1\.0\.\d\/1 is ready/);
    expect(stderr).toMatch(/^one\.json {3}\| +\d\.\d \[component\/own] /m);
    expect(stderr).toMatch(/^✖ component > broken .*failed/m);
    expect(stderr).toContain('`nope` is not a field of a recipe.');
  });

  it.each([['--debug'], ['--on-error=shell'], ['--junit=x.xml'], ['--report=x.json'], ['--jobs=0']])(
    'refuse %s',
    async (flag) => {
      const { exitCode, stderr } = await space.gild(['build', 'one.json', 'two.json', flag]);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/one recipe at a time|Write a number/);
    },
  );
});
