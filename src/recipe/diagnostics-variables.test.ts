import { describe, expect, it } from 'vitest';
import { diagnose } from './recipe-fixture.ts';

describe('what a person is told about variables', () => {
  it('an unknown variable is reported inside the text', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
description: "Says \${var.greting}, \${var.greting} and \${var.greeting}"
variables:
  greeting: hello
`),
    ).toMatchInlineSnapshot(`
      "VARIABLE_INVALID: There is no variable \`greting\`.
      recipe.yaml:3:20
        1 | name: web
        2 | version: 1.0.0
      > 3 | description: "Says \${var.greting}, \${var.greting} and \${var.greeting}"
          |                    ^
        4 | variables:
      Did you mean \`greeting\`?

      VARIABLE_INVALID: There is no variable \`greting\`.
      recipe.yaml:3:36
        1 | name: web
        2 | version: 1.0.0
      > 3 | description: "Says \${var.greting}, \${var.greting} and \${var.greeting}"
          |                                    ^
        4 | variables:
      Did you mean \`greeting\`?

      recipe.yaml has 2 problems."
    `);
  });

  it('an unknown variable in a script is reported in its line', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
components:
  - steps:
      - run: |
          set -e
          echo "\${var.user}" "\${HOME}"
`),
    ).toMatchInlineSnapshot(`
      "VARIABLE_INVALID: There is no variable \`user\`.
      recipe.yaml:7:17
        5 |       - run: |
        6 |           set -e
      > 7 |           echo "\${var.user}" "\${HOME}"
          |                 ^
        8 |
      Declare it: \`variables: { user: { type: string } }\`.

      recipe.yaml has a problem."
    `);
  });

  it('a broken reference is reported', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
description: \${var.} \${var.a b} \${var.open
`),
    ).toMatchInlineSnapshot(`
      "VARIABLE_INVALID: \`\${var.}\` does not name a variable.
      recipe.yaml:3:14
        1 | name: web
        2 | version: 1.0.0
      > 3 | description: \${var.} \${var.a b} \${var.open
          |              ^
        4 |
      Write \`\${var.name}\`.

      VARIABLE_INVALID: \`\${var.a b}\` does not name a variable.
      recipe.yaml:3:22
        1 | name: web
        2 | version: 1.0.0
      > 3 | description: \${var.} \${var.a b} \${var.open
          |                      ^
        4 |
      Write \`\${var.name}\`.

      VARIABLE_INVALID: The reference \`\${var.open\` has no closing brace.
      recipe.yaml:3:33
        1 | name: web
        2 | version: 1.0.0
      > 3 | description: \${var.} \${var.a b} \${var.open
          |                                 ^
        4 |
      Write \`\${var.name}\`.

      recipe.yaml has 3 problems."
    `);
  });

  it('all missing values are reported at once', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
description: \${var.a} \${var.b}
variables:
  a: {type: string}
  b: {type: number, description: How many}
`),
    ).toMatchInlineSnapshot(`
      "VARIABLE_INVALID: The variable \`a\` has no value.
      recipe.yaml:5:3
        3 | description: \${var.a} \${var.b}
        4 | variables:
      > 5 |   a: {type: string}
          |   ^
        6 |   b: {type: number, description: How many}
      Set it with \`--var a=...\`, in a file for \`--var-file\`, as \`GILD_VAR_a\` in the environment, or give it a \`default\`.

      VARIABLE_INVALID: The variable \`b\` has no value.
      recipe.yaml:6:3
        4 | variables:
        5 |   a: {type: string}
      > 6 |   b: {type: number, description: How many}
          |   ^
        7 |
      Set it with \`--var b=...\`, in a file for \`--var-file\`, as \`GILD_VAR_b\` in the environment, or give it a \`default\`.

      recipe.yaml has 2 problems."
    `);
  });

  it('a value of the wrong type is reported with its origin', async () => {
    expect(
      await diagnose(
        `name: web
version: 1.0.0
limits: {pids: "\${var.pids}"}
variables:
  pids: {type: number}
`,
        { env: { GILD_VAR_pids: 'many' } },
      ),
    ).toMatchInlineSnapshot(`
      "VARIABLE_INVALID: The variable \`pids\` must be a number, found \`many\`.
      recipe.yaml:5:3
        3 | limits: {pids: "\${var.pids}"}
        4 | variables:
      > 5 |   pids: {type: number}
          |   ^
        6 |
      The value comes from \`GILD_VAR_pids\`.

      recipe.yaml has a problem."
    `);
  });

  it('an unknown flag gets the near name', async () => {
    expect(
      await diagnose(
        `name: web
version: 1.0.0
description: \${var.greeting}
variables:
  greeting: hello
`,
        { vars: { greting: 'hi' } },
      ),
    ).toMatchInlineSnapshot(`
      "VARIABLE_INVALID: \`--var greting=...\` sets a variable that the recipe does not declare.
      recipe.yaml:4:1
        2 | version: 1.0.0
        3 | description: \${var.greeting}
      > 4 | variables:
          | ^
        5 |   greeting: hello
      Did you mean \`greeting\`?

      recipe.yaml has a problem."
    `);
  });

  it('validation speaks with the words of the recipe', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
description: \${var.size} \${var.color} \${var.id} \${var.many}
variables:
  size: {type: number, default: 5, validation: {max: 3}}
  color: {default: red, validation: {oneOf: [blue, green]}}
  id: {default: Web, validation: {pattern: "[a-z]+", message: use lower case}}
  many: {default: abc, validation: {min: 5}}
`),
    ).toMatchInlineSnapshot(`
      "VARIABLE_INVALID: The variable \`size\` must be at most 3, found the number \`5\`.
      recipe.yaml:5:33
        3 | description: \${var.size} \${var.color} \${var.id} \${var.many}
        4 | variables:
      > 5 |   size: {type: number, default: 5, validation: {max: 3}}
          |                                 ^
        6 |   color: {default: red, validation: {oneOf: [blue, green]}}

      VARIABLE_INVALID: The variable \`color\` must be one of \`blue\` or \`green\`, found \`red\`.
      recipe.yaml:6:20
        4 | variables:
        5 |   size: {type: number, default: 5, validation: {max: 3}}
      > 6 |   color: {default: red, validation: {oneOf: [blue, green]}}
          |                    ^
        7 |   id: {default: Web, validation: {pattern: "[a-z]+", message: use lower case}}

      VARIABLE_INVALID: \`id\`: use lower case
      recipe.yaml:7:17
        5 |   size: {type: number, default: 5, validation: {max: 3}}
        6 |   color: {default: red, validation: {oneOf: [blue, green]}}
      > 7 |   id: {default: Web, validation: {pattern: "[a-z]+", message: use lower case}}
          |                 ^
        8 |   many: {default: abc, validation: {min: 5}}

      VARIABLE_INVALID: The variable \`many\` must be at least 5 characters, found \`abc\`.
      recipe.yaml:8:19
        6 |   color: {default: red, validation: {oneOf: [blue, green]}}
        7 |   id: {default: Web, validation: {pattern: "[a-z]+", message: use lower case}}
      > 8 |   many: {default: abc, validation: {min: 5}}
          |                   ^
        9 |

      recipe.yaml has 4 problems."
    `);
  });

  it('a pattern that is no regular expression is reported', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
description: \${var.a}
variables:
  a: {default: x, validation: {pattern: "("}}
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`pattern\` is not a regular expression: /(/u: Unterminated group.
      recipe.yaml:5:41
        3 | description: \${var.a}
        4 | variables:
      > 5 |   a: {default: x, validation: {pattern: "("}}
          |                                         ^
        6 |

      recipe.yaml has a problem."
    `);
  });

  it('a pattern that takes for ever counts as not matching', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
description: \${var.a}
variables:
  a: {default: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!, validation: {pattern: (a+)+}}
`),
    ).toMatchInlineSnapshot(`
      "VARIABLE_INVALID: The variable \`a\` must match \`(a+)+\`, found \`aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\`.
      recipe.yaml:5:16
        3 | description: \${var.a}
        4 | variables:
      > 5 |   a: {default: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!, validation: {pattern: (a+)+}}
          |                ^
        6 |

      recipe.yaml has a problem."
    `);
  });

  it('definitions are checked', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
variables:
  a: {type: int, default: 1}
  b: {defalt: 1}
  c-d: x
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`type\` must be one of \`string\`, \`number\`, \`boolean\` or \`list\`, found \`int\`.
      recipe.yaml:4:13
        2 | version: 1.0.0
        3 | variables:
      > 4 |   a: {type: int, default: 1}
          |             ^
        5 |   b: {defalt: 1}
      Did you mean \`number\`?

      RECIPE_INVALID: \`defalt\` is not a field of a variable.
      recipe.yaml:5:7
        3 | variables:
        4 |   a: {type: int, default: 1}
      > 5 |   b: {defalt: 1}
          |       ^
        6 |   c-d: x
      Did you mean \`default\`?

      RECIPE_INVALID: The name \`c-d\` is not possible here: it must be letters, digits and \`_\`, not starting with a digit.
      recipe.yaml:6:3
        4 |   a: {type: int, default: 1}
        5 |   b: {defalt: 1}
      > 6 |   c-d: x
          |   ^
        7 |

      recipe.yaml has 3 problems."
    `);
  });

  it('a list stands alone', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
description: all of \${var.names}
variables:
  names: [a, b]
`),
    ).toMatchInlineSnapshot(`
      "VARIABLE_INVALID: The variable \`names\` is a list; it can only stand alone.
      recipe.yaml:3:21
        1 | name: web
        2 | version: 1.0.0
      > 3 | description: all of \${var.names}
          |                     ^
        4 | variables:
      Make \`\${var.names}\` the whole value.

      recipe.yaml has a problem."
    `);
  });

  it('a value cannot refer to another variable', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
description: \${var.b}
variables:
  a: x
  b: \${var.a}y
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: The value of a variable cannot refer to another variable.
      recipe.yaml:6:6
        4 | variables:
        5 |   a: x
      > 6 |   b: \${var.a}y
          |      ^
        7 |

      recipe.yaml has a problem."
    `);
  });

  it('a variable of the wrong type for a field is named', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
limits:
  cpus: \${var.cpus}
variables:
  cpus: two
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`cpus\` must be a number, found the text \`two\`.
      recipe.yaml:4:9
        2 | version: 1.0.0
        3 | limits:
      > 4 |   cpus: \${var.cpus}
          |         ^
        5 | variables:
      The value is that of the variable \`cpus\`, which is of type \`string\`.

      recipe.yaml has a problem."
    `);
  });

  it('a name cannot hold a variable', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
config:
  env:
    \${var.a}: b
variables: {a: B}
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: A variable cannot be part of the name of a field.
      recipe.yaml:5:5
        3 | config:
        4 |   env:
      > 5 |     \${var.a}: b
          |     ^
        6 | variables: {a: B}

      recipe.yaml has a problem."
    `);
  });

  it('a variable file has positions of its own', async () => {
    expect(
      await diagnose(
        `name: web
version: 1.0.0
description: \${var.a}
variables: {a: {type: number}}
`,
        { varFiles: ['values.yaml'], files: { 'values.yaml': 'a: many\n' } },
      ),
    ).toMatchInlineSnapshot(`
      "VARIABLE_INVALID: The variable \`a\` must be a number, found \`many\`.
      values.yaml:1:4
      > 1 | a: many
          |    ^
        2 |

      recipe.yaml has a problem."
    `);
  });

  it('a broken variable file is reported', async () => {
    expect(
      await diagnose(
        `name: web
version: 1.0.0
`,
        { varFiles: ['values.yaml'], files: { 'values.yaml': '- a\n' } },
      ),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: A variable file consists of \`name: value\` lines.
      values.yaml:1:1
      > 1 | - a
          | ^
        2 |

      recipe.yaml has a problem."
    `);
  });

  it('sensitive values are in no message', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
network: \${var.token}
limits: {memory: "\${var.token}"}
variables:
  token: {default: s3cr3t-value, sensitive: true, validation: {max: 3}}
  other: {default: 0ther-value, sensitive: true}
platform: \${var.other}
`),
    ).toMatchInlineSnapshot(`
      "VARIABLE_INVALID: The variable \`token\` must be at most 3 characters.
      recipe.yaml:6:20
        4 | limits: {memory: "\${var.token}"}
        5 | variables:
      > 6 |   token: {default: ***, sensitive: true, validation: {max: 3}}
          |                    ^
        7 |   other: {default: ***, sensitive: true}

      RECIPE_INVALID: \`platform\` must be \`sandbox\`, found \`***\`.
      recipe.yaml:8:11
        6 |   token: {default: ***, sensitive: true, validation: {max: 3}}
        7 |   other: {default: ***, sensitive: true}
      > 8 | platform: \${var.other}
          |           ^
        9 |
      The value is that of the variable \`other\`, which is of type \`string\`.

      recipe.yaml has 2 problems."
    `);
  });

  it('unused variables and unknown values in files are warnings', async () => {
    expect(
      await diagnose(
        `name: web
version: 1.0.0
variables:
  used: a
  greeting: hello
description: \${var.used}
`,
        { varFiles: ['values.yaml'], files: { 'values.yaml': 'greting: hi\n' } },
      ),
    ).toMatchInlineSnapshot(`
      "warning: The recipe has no variable \`greting\`.
      values.yaml:1:1
      > 1 | greting: hi
          | ^
        2 |
      Did you mean \`greeting\`?

      warning: The variable \`greeting\` is not used.
      recipe.yaml:5:3
        3 | variables:
        4 |   used: a
      > 5 |   greeting: hello
          |   ^
        6 | description: \${var.used}
      "
    `);
  });

  it('a sensitive variable in the config is a warning', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
config: {env: {TOKEN: "\${var.token}"}}
variables:
  token: {default: s3cr3t-value, sensitive: true}
`),
    ).toMatchInlineSnapshot(`
      "warning: A sensitive variable is used here, but what is in \`config\` can be read by everybody who has the image.
      recipe.yaml:3:23
        1 | name: web
        2 | version: 1.0.0
      > 3 | config: {env: {TOKEN: "\${var.token}"}}
          |                       ^
        4 | variables:
      Use a secret instead."
    `);
  });
});
