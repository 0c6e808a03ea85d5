import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { output } from '../support/process.ts';
import type { FixtureOptions } from './recipe-fixture.ts';

const here = (name: string) => pathToFileURL(join(import.meta.dirname, name)).href;

/** Node itself loads the recipe: the test runner has its own way with modules. */
async function inNode(
  task: 'load' | 'diagnose',
  text: string,
  options: FixtureOptions = { fileName: 'recipe.ts' },
): Promise<unknown> {
  const script = `
    import { ${task} } from '${here('recipe-fixture.ts')}';
    const result = await ${task}(...${JSON.stringify([text, options])});
    process.stdout.write(JSON.stringify(result));`;
  return JSON.parse(await output([process.execPath, '--input-type=module', '-e', script]));
}

describe('recipes in TypeScript', () => {
  it('are typed, default exports, and read like any other', async () => {
    const text = `
import { defineRecipe } from '${here('define.ts')}';
const ports: number[] = [80, 443];
export default defineRecipe({
  name: 'web',
  version: '1.0.x',
  components: ['nginx', { name: 'user', parameters: { Name: 'app' } }, { steps: [{ run: 'id' }] }],
  tests: ports.map((port) => ({ name: \`Port \${port}\`, type: 'port', port })),
  config: { ports },
  limits: { cpus: '\${var.cpus}' },
  variables: { cpus: 2 },
});
`;
    expect(await inNode('load', text)).toMatchObject({
      spec: {
        components: [{}, {}, { use: { kind: 'inline' } }],
        tests: [{}, { name: 'Port 443', options: { port: 443 }, at: { line: 1, column: 1 } }],
        config: { ports: ['80/tcp', '443/tcp'] },
        limits: { cpus: 2 },
      },
    });
  });

  it('can be the export `recipe`', async () => {
    const text = `export const recipe = { name: 'web', version: '1.0.0' };`;
    expect(await inNode('load', text, { fileName: 'a.mts' })).toMatchObject({ spec: { name: 'web' } });
  });

  it('say where in the recipe a problem is', async () => {
    const text = `export default { name: 'web', version: '1.0', tests: [{ name: 'A', type: 'rebot' }], files: [{ content: '', to: '/a', mode: 0o644 }] };`;
    expect(await inNode('diagnose', text)).toMatchInlineSnapshot(`
      "RECIPE_INVALID: version: \`version\` must be three numbers such as \`1.2.3\`, or \`1.2.x\` for the next free one, found \`1.0\`.
      recipe.ts:1:1
      Write \`1.0.0\`.

      RECIPE_INVALID: tests[0].type: \`type\` must be one of \`reboot\`, \`command\` or \`port\`, found \`rebot\`.
      recipe.ts:1:1
      Did you mean \`reboot\`?

      RECIPE_INVALID: files[0].mode: \`mode\` must be text, found the number \`420\`.
      recipe.ts:1:1
      Write the octal digits as text: \`mode: '0644'\`.

      recipe.ts has 3 problems."
    `);
  });

  it('must export something', async () => {
    expect(await inNode('diagnose', 'export const web = {};')).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`recipe.ts\` exports no recipe.
      recipe.ts:1:1
      Write \`export default defineRecipe({ ... })\`, or \`export const recipe = defineRecipe({ ... })\`.

      recipe.ts has a problem."
    `);
  });

  it('consist of plain values', async () => {
    const text = `const a: any = { name: 'web' }; a.base = a; a.version = () => 1; a.epoch = new Date(0); a.files = Promise.resolve(); export default a;`;
    expect(await inNode('diagnose', text)).toMatchInlineSnapshot(`
      "RECIPE_INVALID: base: A recipe is made of plain values, found a value inside itself.
      recipe.ts:1:1

      RECIPE_INVALID: version: A recipe is made of plain values, found a function.
      recipe.ts:1:1

      RECIPE_INVALID: epoch: A recipe is made of plain values, found an object of class \`Date\`.
      recipe.ts:1:1

      RECIPE_INVALID: files: A recipe is made of plain values, found a promise.
      recipe.ts:1:1

      recipe.ts has 4 problems."
    `);
  });

  it('that throw say where', async () => {
    const text = `const name: string = 'web';\n\nthrow new Error('no ' + name);\n`;
    expect(await inNode('diagnose', text)).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`recipe.ts\` cannot be run: no web.
      recipe.ts:3:7
        1 | const name: string = 'web';
        2 |
      > 3 | throw new Error('no ' + name);
          |       ^
        4 |

      recipe.ts has a problem."
    `);
  });

  it('that are no TypeScript say where', async () => {
    expect(
      await inNode('diagnose', `const name = 'web';\nexport default { name: }\n`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`recipe.ts\` cannot be run: Expression expected.
      recipe.ts:2:24
        1 | const name = 'web';
      > 2 | export default { name: }
          |                        ^
        3 |

      recipe.ts has a problem."
    `);
  });

  it.each(['recipe.ts', 'recipe.mts', 'recipe.js'])('import `gild` from anywhere: %s', async (fileName) => {
    const text = `import { defineRecipe } from 'gild';\nexport default defineRecipe({ name: 'web', version: '1.0.0' });`;
    expect(await inNode('load', text, { fileName })).toMatchObject({ spec: { name: 'web' } });
  });

  it.each([`import { defineRecipe } from 'gild';`, `export default { name: 'web', version: '1.0.0' };`])(
    'in a package of another kind say how to make them modules: %s',
    async (text) => {
      const files = { 'package.json': '{"type": "commonjs"}' };
      expect(await inNode('diagnose', text, { fileName: 'recipe.ts', files })).toBe(
        `RECIPE_INVALID: \`recipe.ts\` is not a module, but imports or exports.
recipe.ts:1:1
> 1 | ${text}
    | ^
Name it \`recipe.mts\`, or write \`"type": "module"\` in the \`package.json\` above it.

recipe.ts has a problem.`,
      );
    },
  );

  it('that import what is not there say so', async () => {
    expect(await inNode('diagnose', `import './missing.ts';`)).toContain('cannot be run: Cannot find module');
  });
});
