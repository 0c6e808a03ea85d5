import { describe, expect, it } from 'vitest';
import { diagnose } from './recipe-fixture.ts';

function alias(): string {
  const level = (name: string, of: string) => `${name}: &${name} [${`*${of}, `.repeat(9)}]\n`;
  return `a: &a [x, x]\n${['b', 'c', 'd', 'e', 'f', 'g'].map((name, index) => level(name, 'abcdef'.charAt(index))).join('')}`;
}

describe('what a person is told about broken files', () => {
  it('an empty file is not a recipe', async () => {
    expect(await diagnose(``)).toMatchInlineSnapshot(`
      "RECIPE_INVALID: The recipe is empty.
      recipe.yaml:1:1
      > 1 |
          | ^
      The smallest recipe is \`name: web-server\` and \`version: 1.0.0\`, a line each.

      recipe.yaml has a problem."
    `);
  });

  it('comments alone are not a recipe', async () => {
    expect(
      await diagnose(`# to do
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: The recipe is empty.
      recipe.yaml:1:1
      > 1 | # to do
          | ^
        2 |
      The smallest recipe is \`name: web-server\` and \`version: 1.0.0\`, a line each.

      recipe.yaml has a problem."
    `);
  });

  it('a list is not a recipe', async () => {
    expect(
      await diagnose(`- nginx
- docker
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: A recipe consists of fields such as \`name: web-server\`; this is a list.
      recipe.yaml:1:1
      > 1 | - nginx
          | ^
        2 | - docker
      Start with \`name:\` and \`version:\`.

      recipe.yaml has a problem."
    `);
  });

  it('a single value is not a recipe', async () => {
    expect(
      await diagnose(`web-server
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: A recipe consists of fields such as \`name: web-server\`; this is a single value.
      recipe.yaml:1:1
      > 1 | web-server
          | ^
        2 |
      Start with \`name:\` and \`version:\`.

      recipe.yaml has a problem."
    `);
  });

  it('an unclosed quote is reported where it was opened', async () => {
    expect(
      await diagnose(`name: web
version: "1.0.0
components:
  - nginx
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: This quote is never closed.
      recipe.yaml:2:10
        1 | name: web
      > 2 | version: "1.0.0
          |          ^
        3 | components:
      Add the closing quote.

      recipe.yaml has a problem."
    `);
  });

  it('an unclosed bracket is reported where it was opened', async () => {
    expect(
      await diagnose(`name: web
components: [nginx, docker
version: 1.0.0
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: This bracket is never closed.
      recipe.yaml:2:13
        1 | name: web
      > 2 | components: [nginx, docker
          |             ^
        3 | version: 1.0.0
      Add the closing bracket.

      recipe.yaml has a problem."
    `);
  });

  it('several syntax errors are reported at once', async () => {
    expect(
      await diagnose(`name: @web
version: 1.0.0
description: "\\q"
components: [nginx
tests: []
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: Text cannot start with \`@\`.
      recipe.yaml:1:7
      > 1 | name: @web
          |       ^
        2 | version: 1.0.0
      Put it in quotes.

      RECIPE_INVALID: This is not an escape that YAML knows: \\q.
      recipe.yaml:3:15
        1 | name: @web
        2 | version: 1.0.0
      > 3 | description: "\\q"
          |               ^
        4 | components: [nginx
      Use single quotes to keep backslashes: 'C:\\temp'.

      RECIPE_INVALID: This bracket is never closed.
      recipe.yaml:4:13
        2 | version: 1.0.0
        3 | description: "\\q"
      > 4 | components: [nginx
          |             ^
        5 | tests: []
      Add the closing bracket.

      recipe.yaml has 3 problems."
    `);
  });

  it('a forgotten colon is named', async () => {
    expect(
      await diagnose(`name: web
version 1.0.0
components:
  - nginx
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: The name of a field must be on one line and end with a colon.
      recipe.yaml:2:1
        1 | name: web
      > 2 | version 1.0.0
          | ^
        3 | components:
      Is a colon missing on this line?

      recipe.yaml has a problem."
    `);
  });

  it('a field inside a value is named', async () => {
    expect(
      await diagnose(`name: web
  version: 1.0.0
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: A field begins inside the value of another field.
      recipe.yaml:1:7
      > 1 | name: web
          |       ^
        2 |   version: 1.0.0
      Start it on a line of its own, or put the text in quotes if the colon belongs to it.

      recipe.yaml has a problem."
    `);
  });

  it('a list item among fields is named', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
config:
  env:
    A: b
    - C=d
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: A list item stands among fields.
      recipe.yaml:6:5
        4 |   env:
        5 |     A: b
      > 6 |     - C=d
          |     ^
        7 |
      Fields of one thing have no dashes.

      recipe.yaml has a problem."
    `);
  });

  it('a field given twice is reported with both lines', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
network: on
components: []
network: off
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`network\` is given twice: first in line 3.
      recipe.yaml:5:1
        3 | network: on
        4 | components: []
      > 5 | network: off
          | ^
        6 |
      Keep one of them.

      recipe.yaml has a problem."
    `);
  });

  it('a second document is refused', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
---
name: api
version: 1.0.0
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: A second document begins here (\`---\`); a recipe is one document.
      recipe.yaml:3:1
        1 | name: web
        2 | version: 1.0.0
      > 3 | ---
          | ^
        4 | name: api
      Put each recipe in a file of its own.

      recipe.yaml has a problem."
    `);
  });

  it('YAML 1.1 is refused', async () => {
    expect(
      await diagnose(`%YAML 1.1
---
name: web
version: 1.0.0
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: YAML 1.1 is asked for; Gild reads YAML 1.2.
      recipe.yaml:1:1
      > 1 | %YAML 1.1
          | ^
        2 | ---
      Remove the \`%YAML\` line.

      recipe.yaml has a problem."
    `);
  });

  it('tags are refused', async () => {
    expect(
      await diagnose(`name: !Ref web
version: 1.0.0
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: Tags such as \`!Ref\` are not part of the recipe language.
      recipe.yaml:1:12
      > 1 | name: !Ref web
          |            ^
        2 | version: 1.0.0
      Write a plain value.

      recipe.yaml has a problem."
    `);
  });

  it('merge keys are refused as unknown fields', async () => {
    expect(
      await diagnose(`base: &b debian:bookworm
name: web
version: 1.0.0
<<: {network: off}
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`<<\` is not a field of a recipe.
      recipe.yaml:4:1
        2 | name: web
        3 | version: 1.0.0
      > 4 | <<: {network: off}
          | ^
        5 |
      YAML 1.2 has no merge keys; write the fields out.

      recipe.yaml has a problem."
    `);
  });

  it('an unknown anchor is refused with the near one', async () => {
    expect(
      await diagnose(`description: &text A web server
name: web
version: 1.0.0
base: *txt
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: There is no anchor \`&txt\` before this.
      recipe.yaml:4:7
        2 | name: web
        3 | version: 1.0.0
      > 4 | base: *txt
          |       ^
        5 |
      Did you mean \`*text\`?

      recipe.yaml has a problem."
    `);
  });

  it('an alias inside its own anchor is refused', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
components: &all [*all]
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`*all\` stands inside what it stands for.
      recipe.yaml:3:19
        1 | name: web
        2 | version: 1.0.0
      > 3 | components: &all [*all]
          |                   ^
        4 |

      recipe.yaml has a problem."
    `);
  });

  it('an alias bomb is refused', async () => {
    expect(await diagnose(alias())).toMatchInlineSnapshot(`
      "RECIPE_INVALID: Aliases are followed more than 100 times up to here.
      recipe.yaml:3:8
        1 | a: &a [x, x]
        2 | b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, ]
      > 3 | c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, ]
          |        ^
        4 | d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, ]
      Write the values out.

      recipe.yaml has a problem."
    `);
  });

  it('deep nesting is refused', async () => {
    expect(await diagnose(`name: ${'['.repeat(20_000)}`)).toMatchInlineSnapshot(`
      "RECIPE_INVALID: This is nested deeper than 64 levels.
      recipe.yaml:1:72
      > 1 | name: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
          |                                                                        ^
      A recipe needs fewer than ten.

      recipe.yaml has a problem."
    `);
  });

  it('names that are no text are refused', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
? [a, b]
: c
__proto__: {polluted: true}
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: The name of a field must be plain text.
      recipe.yaml:3:3
        1 | name: web
        2 | version: 1.0.0
      > 3 | ? [a, b]
          |   ^
        4 | : c

      RECIPE_INVALID: \`__proto__\` cannot be the name of a field.
      recipe.yaml:5:1
        3 | ? [a, b]
        4 | : c
      > 5 | __proto__: {polluted: true}
          | ^
        6 |

      recipe.yaml has 2 problems."
    `);
  });

  it('UTF-16 is refused', async () => {
    expect(await diagnose(Buffer.from('\ufeffname: web', 'utf16le'))).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`recipe.yaml\` is encoded in UTF-16; Gild reads UTF-8.
      recipe.yaml:1:1
      Save it as UTF-8."
    `);
  });

  it('a byte that is not UTF-8 is located', async () => {
    expect(await diagnose(Buffer.from('name: web\ndescription: caf\xe9\n', 'latin1'))).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`recipe.yaml\` is not UTF-8: see line 2.
      recipe.yaml:2:17
      Save it as UTF-8."
    `);
  });

  it('a binary file is refused', async () => {
    expect(await diagnose(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]))).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`recipe.yaml\` is not text: there is a zero byte at offset 4.
      recipe.yaml:1:1
      A recipe is YAML, JSON or TypeScript."
    `);
  });

  it('a file of more than one MiB is refused', async () => {
    expect(await diagnose('x'.repeat(10_000_000))).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`recipe.yaml\` is 9.5 MiB large; a recipe may have 1 MiB.
      recipe.yaml:1:1
      Keep large contents in files of their own and name them under \`files\`."
    `);
  });

  it('Windows line ends and a byte order mark change nothing', async () => {
    expect(
      await diagnose(`\ufeffname: web\r
version: 1.0.0\r
netwrk: on\r
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`netwrk\` is not a field of a recipe.
      recipe.yaml:3:1
        1 | name: web
        2 | version: 1.0.0
      > 3 | netwrk: on
          | ^
        4 |
      Did you mean \`network\`?

      recipe.yaml has a problem."
    `);
  });

  it('control characters do not reach the terminal', async () => {
    expect(await diagnose('name: "\u001b[2Jx"\nversion: 1.0.0\nbad\u001b[31m: 1\n')).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`name\` must be at most 128 letters, digits, \`.\`, \`_\` and \`-\`, starting with a letter or digit, found \`�[2Jx\`.
      recipe.yaml:1:7
      > 1 | name: "�[2Jx"
          |       ^
        2 | version: 1.0.0

      RECIPE_INVALID: \`bad�[31m\` is not a field of a recipe.
      recipe.yaml:3:1
        1 | name: "�[2Jx"
        2 | version: 1.0.0
      > 3 | bad�[31m: 1
          | ^
        4 |
      There are \`name\`, \`version\`, \`description\`, \`base\`, \`platform\`, \`architecture\`, \`components\`, \`tests\`, \`outputs\`, \`variables\`, \`secrets\`, \`config\`, \`files\`, \`network\`, \`cache\`, \`disk\`, \`limits\` and \`epoch\`.

      recipe.yaml has 2 problems."
    `);
  });

  it('tabs that can mean two things are refused', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
config:
    env:
        A: b
\tlabels: {}
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: A tab is used as indentation, and the lines mean different things with tab stops of 4 and of 8.
      recipe.yaml:6:1
        4 |     env:
        5 |         A: b
      > 6 |     labels: {}
          | ^
        7 |
      Indent with spaces.

      recipe.yaml has a problem."
    `);
  });

  it('JSON has positions too', async () => {
    expect(
      await diagnose(
        `{
\t"name": "web",
\t"version": "1.0.0",
\t"componets": []
}
`,
        { fileName: 'recipe.json' },
      ),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`componets\` is not a field of a recipe.
      recipe.json:4:2
        2 |     "name": "web",
        3 |     "version": "1.0.0",
      > 4 |     "componets": []
          |     ^
        5 | }
      Did you mean \`components\`?

      recipe.json has a problem."
    `);
  });
});
