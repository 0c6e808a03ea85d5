import { describe, expect, it } from 'vitest';
import { diagnose, load } from './recipe-fixture.ts';

const fromTheField = `name: MyAppImage
version: 1.0.0
components:
  - name: AmazonCloudWatchAgent
\tversion: latest
  - name: MyCustomComponent
\tversion: 1.0.0
tests:
  - name: BootTest
\ttype: reboot
`;

describe('tabs as indentation', () => {
  it('mean what a person sees', async () => {
    const { spec } = await load(fromTheField);
    expect(spec.name).toBe('MyAppImage');
    expect(spec.components.map(({ use }) => use)).toEqual([
      { kind: 'named', name: 'AmazonCloudWatchAgent', version: 'latest' },
      { kind: 'named', name: 'MyCustomComponent', version: '1.0.0' },
    ]);
    expect(spec.tests).toMatchObject([{ name: 'BootTest', type: 'reboot' }]);
    expect(spec.components.map(({ at }) => at)).toMatchObject([
      { line: 4, column: 5 },
      { line: 6, column: 5 },
    ]);
  });

  it('are warned of, line by line', async () => {
    expect(await diagnose(fromTheField)).toMatchInlineSnapshot(`
      "warning: Tabs are used as indentation in lines 5, 7 and 10.
      recipe.yaml:5:1
        3 | components:
        4 |   - name: AmazonCloudWatchAgent
      > 5 |     version: latest
          | ^
        6 |   - name: MyCustomComponent
      They were read as an editor shows them; spaces leave no doubt."
    `);
  });

  it('keep the columns of the file in what is said about it', async () => {
    expect(await diagnose(fromTheField.replace('type: reboot', 'type: rebot'))).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`type\` must be one of \`reboot\`, \`command\` or \`port\`, found \`rebot\`.
      recipe.yaml:10:8
         8 | tests:
         9 |   - name: BootTest
      > 10 |     type: rebot
           |           ^
        11 |
      Did you mean \`reboot\`?

      recipe.yaml has a problem."
    `);
  });

  it('can be the only indentation', async () => {
    const { spec } = await load(
      'name: web\nversion: 1.0.0\nconfig:\n\tenv:\n\t\tA: b\n\t\tC: d\n\tcmd:\n\t- x\n',
    );
    expect(spec.config).toMatchObject({ env: { A: 'b', C: 'd' }, cmd: ['x'] });
  });

  it('are read with stops of 8 where only those fit', async () => {
    const text = 'name: web\nversion: 1.0.0\nconfig:\n        env:\n          A: b\n\tcmd: [x]\n';
    expect((await load(text)).spec.config.cmd).toEqual(['x']);
  });

  it('stay in block texts', async () => {
    const text =
      'name: web\nversion: 1.0.0\nfiles:\n\t- to: /a\n\t  content: |\n\t\tall:\n\t\t\techo hi\n\n\t\tend\n\t- to: /b\n\t  content: |\n\t    x\n\t    \ty\n';
    const { spec } = await load(text);
    expect(spec.files.map(({ from }) => from)).toEqual([
      { kind: 'text', text: 'all:\n\techo hi\n\nend\n' },
      { kind: 'text', text: 'x\n\ty\n' },
    ]);
  });

  it('inside block texts alone are nothing to warn of', async () => {
    const text =
      'name: web\nversion: 1.0.0\nfiles:\n  - to: /Makefile\n    content: |\n      all:\n      \techo hi\n';
    const { spec, warnings } = await load(text);
    expect(spec.files[0]?.from).toEqual({ kind: 'text', text: 'all:\n\techo hi\n' });
    expect(warnings).toEqual([]);
  });
});
