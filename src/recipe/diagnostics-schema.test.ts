import { describe, expect, it } from 'vitest';
import { diagnose } from './recipe-fixture.ts';

describe('what a person is told about wrong recipes', () => {
  it('a misspelt field gets the right name', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
componets:
  - nginx
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`componets\` is not a field of a recipe.
      recipe.yaml:3:1
        1 | name: web
        2 | version: 1.0.0
      > 3 | componets:
          | ^
        4 |   - nginx
      Did you mean \`components\`?

      recipe.yaml has a problem."
    `);
  });

  it('a misspelt required field is one problem, not two', async () => {
    expect(
      await diagnose(`nam: web
version: 1.0.0
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`nam\` is not a field of a recipe.
      recipe.yaml:1:1
      > 1 | nam: web
          | ^
        2 | version: 1.0.0
      Did you mean \`name\`?

      recipe.yaml has a problem."
    `);
  });

  it('missing fields are named with their meaning', async () => {
    expect(
      await diagnose(`description: nothing else
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`name\` is missing.
      recipe.yaml:1:1
      > 1 | description: nothing else
          | ^
        2 |
      The image's name.

      RECIPE_INVALID: \`version\` is missing.
      recipe.yaml:1:1
      > 1 | description: nothing else
          | ^
        2 |
      The image's version: \`1.2.3\`, or \`1.2.x\` for the next free number.

      recipe.yaml has 2 problems."
    `);
  });

  it('fields of other tools lead to ours', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
env: {A: b}
image: debian
arch: amd64
vars: {}
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`env\` is not a field of a recipe.
      recipe.yaml:3:1
        1 | name: web
        2 | version: 1.0.0
      > 3 | env: {A: b}
          | ^
        4 | image: debian
      Did you mean \`config.env\`?

      RECIPE_INVALID: \`image\` is not a field of a recipe.
      recipe.yaml:4:1
        2 | version: 1.0.0
        3 | env: {A: b}
      > 4 | image: debian
          | ^
        5 | arch: amd64
      Did you mean \`base\`?

      RECIPE_INVALID: \`arch\` is not a field of a recipe.
      recipe.yaml:5:1
        3 | env: {A: b}
        4 | image: debian
      > 5 | arch: amd64
          | ^
        6 | vars: {}
      Did you mean \`architecture\`?

      RECIPE_INVALID: \`vars\` is not a field of a recipe.
      recipe.yaml:6:1
        4 | image: debian
        5 | arch: amd64
      > 6 | vars: {}
          | ^
        7 |
      Did you mean \`variables\`?

      recipe.yaml has 4 problems."
    `);
  });

  it('an unquoted version that is a number is explained', async () => {
    expect(await diagnose(`name: web\nversion: 1.10\n`)).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`version\` must be three numbers such as \`1.2.3\`, found the number \`1.10\`, which YAML reads as the number \`1.1\`.
      recipe.yaml:2:10
        1 | name: web
      > 2 | version: 1.10
          |          ^
        3 |
      Write \`version: 1.10.0\`.

      recipe.yaml has a problem."
    `);
  });

  it('a version of two parts is explained', async () => {
    expect(
      await diagnose(`name: web
version: "1.0"
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`version\` must be three numbers such as \`1.2.3\`, or \`1.2.x\` for the next free one, found \`1.0\`.
      recipe.yaml:2:10
        1 | name: web
      > 2 | version: "1.0"
          |          ^
        3 |
      Write \`1.0.0\`.

      recipe.yaml has a problem."
    `);
  });

  it('a version with a v is explained', async () => {
    expect(
      await diagnose(`name: web
version: v1.0.0
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`version\` must be three numbers such as \`1.2.3\`, or \`1.2.x\` for the next free one, found \`v1.0.0\`.
      recipe.yaml:2:10
        1 | name: web
      > 2 | version: v1.0.0
          |          ^
        3 |
      Write it without \`v\`: \`1.0.0\`.

      recipe.yaml has a problem."
    `);
  });

  it('an impossible name is explained', async () => {
    expect(
      await diagnose(`name: my web server!
version: 1.0.0
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`name\` must be at most 128 letters, digits, \`.\`, \`_\` and \`-\`, starting with a letter or digit, found \`my web server!\`.
      recipe.yaml:1:7
      > 1 | name: my web server!
          |       ^
        2 | version: 1.0.0

      recipe.yaml has a problem."
    `);
  });

  it('a number is no name', async () => {
    expect(
      await diagnose(`name: 2024
version: 1.0.0
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`name\` must be text, found the number \`2024\`.
      recipe.yaml:1:7
      > 1 | name: 2024
          |       ^
        2 | version: 1.0.0
      Put it in quotes: \`name: "2024"\`.

      recipe.yaml has a problem."
    `);
  });

  it('a misspelt choice gets the right one', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
network: of
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`network\` must be one of \`on\`, \`off\` or \`loopback\`, found \`of\`.
      recipe.yaml:3:10
        1 | name: web
        2 | version: 1.0.0
      > 3 | network: of
          |          ^
        4 |
      Did you mean \`off\`?

      recipe.yaml has a problem."
    `);
  });

  it('a choice known from elsewhere gets ours', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
architecture: x86_64
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`architecture\` must be one of \`amd64\` or \`arm64\`, found \`x86_64\`.
      recipe.yaml:3:15
        1 | name: web
        2 | version: 1.0.0
      > 3 | architecture: x86_64
          |               ^
        4 |
      Did you mean \`amd64\`?

      recipe.yaml has a problem."
    `);
  });

  it('a choice that is a list of fields, or the name of something that objects have, is no choice', async () => {
    for (const value of ['{toString: null}', 'constructor'])
      expect(await diagnose(`name: web\nversion: 1.0.0\nnetwork: ${value}\n`)).toMatch(
        /`network` must be one of `on`, `off` or `loopback`, found (fields|`constructor`)\.\n[^?]*$/,
      );
  });

  it('a base that does not exist is reported by the base', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
base: debian:bookwrm
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: There is no base "debian:bookwrm".
      recipe.yaml:3:7
        1 | name: web
        2 | version: 1.0.0
      > 3 | base: debian:bookwrm
          |       ^
        4 |
      Did you mean debian:bookworm?

      recipe.yaml has a problem."
    `);
  });

  it('a base with options needs a reference', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
base: {include: [curl]}
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`from\` is missing.
      recipe.yaml:3:1
        1 | name: web
        2 | version: 1.0.0
      > 3 | base: {include: [curl]}
          | ^
        4 |
      The reference: \`debian:bookworm\`.

      recipe.yaml has a problem."
    `);
  });

  it('an unknown field of a component is one of the kind that was meant', async () => {
    expect(
      await diagnose(
        `name: web
version: 1.0.0
components:
  - name: nginx
    verson: 1.x.x
  - path: ./a.yaml
    params: {}
`,
        { files: { 'a.yaml': '' } },
      ),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`verson\` is not a field of a component.
      recipe.yaml:5:5
        3 | components:
        4 |   - name: nginx
      > 5 |     verson: 1.x.x
          |     ^
        6 |   - path: ./a.yaml
      Did you mean \`version\`?

      RECIPE_INVALID: \`params\` is not a field of a component.
      recipe.yaml:7:5
        5 |     verson: 1.x.x
        6 |   - path: ./a.yaml
      > 7 |     params: {}
          |     ^
        8 |
      There are \`path\`, \`parameters\` and \`cache\`.

      recipe.yaml has 2 problems."
    `);
  });

  it('a component in short can be wrong', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
components:
  - nginx@1
  - ./components/app.yaml
  - 5
  -
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: Item 1 of \`components\` must be a component's name such as \`nginx\` or \`nginx@1.x.x\`; a document on disk is named by \`path\`, found \`nginx@1\`.
      recipe.yaml:4:5
        2 | version: 1.0.0
        3 | components:
      > 4 |   - nginx@1
          |     ^
        5 |   - ./components/app.yaml
      Did you mean \`nginx@1.x.x\`?

      RECIPE_INVALID: Item 2 of \`components\` must be a component's name such as \`nginx\` or \`nginx@1.x.x\`; a document on disk is named by \`path\`, found \`./components/app.yaml\`.
      recipe.yaml:5:5
        3 | components:
        4 |   - nginx@1
      > 5 |   - ./components/app.yaml
          |     ^
        6 |   - 5
      Write \`- path: ./components/app.yaml\`.

      RECIPE_INVALID: Item 3 of \`components\` must be text or fields, found the number \`5\`.
      recipe.yaml:6:5
        4 |   - nginx@1
        5 |   - ./components/app.yaml
      > 6 |   - 5
          |     ^
        7 |   -

      RECIPE_INVALID: Item 4 of \`components\` is empty; it must be text or fields.
      recipe.yaml:7:4
        5 |   - ./components/app.yaml
        6 |   - 5
      > 7 |   -
          |    ^
        8 |
      Give it a value, or remove it.

      recipe.yaml has 4 problems."
    `);
  });

  it('a component that is not there gets the near one', async () => {
    expect(
      await diagnose(
        `name: web
version: 1.0.0
components:
  - path: ./ap.yaml
`,
        { files: { 'app.yaml': '' } },
      ),
    ).toMatchInlineSnapshot(`
      "FILE_NOT_FOUND: There is no file \`./ap.yaml\`.
      recipe.yaml:4:11
        2 | version: 1.0.0
        3 | components:
      > 4 |   - path: ./ap.yaml
          |           ^
        5 |
      Did you mean \`app.yaml\`?

      recipe.yaml has a problem."
    `);
  });

  it('a field of the recipe that stands elsewhere is said to be one', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
outputs:
  - type: oci
    network: off
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`network\` is not a field of an output of type \`oci\`.
      recipe.yaml:5:5
        3 | outputs:
        4 |   - type: oci
      > 5 |     network: off
          |     ^
        6 |
      \`network\` is a field of the recipe itself, and stands at its left edge.

      recipe.yaml has a problem."
    `);
  });

  it('inline steps with a name are inline steps, whatever else is wrong', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
components:
  - name: page
    steps:
      - rum: echo
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`rum\` is not a field of a step.
      recipe.yaml:6:9
        4 |   - name: page
        5 |     steps:
      > 6 |       - rum: echo
          |         ^
        7 |
      Did you mean \`run\`?

      recipe.yaml has a problem."
    `);
  });

  it('inline steps are checked', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
components:
  - steps:
      - run: ""
      - name: Update
        action: UpdateOs
      - name: Write
        action: CreateFile
        input: []
        onFailure: abort
      - runs: echo
      - name: Write
        action: Reboot
        timeoutSeconds: 0
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`run\` must not be empty.
      recipe.yaml:5:14
        3 | components:
        4 |   - steps:
      > 5 |       - run: ""
          |              ^
        6 |       - name: Update

      RECIPE_INVALID: \`action\` must be one of \`ExecuteBash\`, \`CreateFile\`, \`UpdateOS\` or \`Reboot\`, found \`UpdateOs\`.
      recipe.yaml:7:17
        5 |       - run: ""
        6 |       - name: Update
      > 7 |         action: UpdateOs
          |                 ^
        8 |       - name: Write
      Did you mean \`UpdateOS\`?

      RECIPE_INVALID: \`input\` is not a field of a step.
      recipe.yaml:10:9
         8 |       - name: Write
         9 |         action: CreateFile
      > 10 |         input: []
           |         ^
        11 |         onFailure: abort
      Did you mean \`inputs\`?

      RECIPE_INVALID: \`onFailure\` must be one of \`Abort\`, \`Continue\` or \`Ignore\`, found \`abort\`.
      recipe.yaml:11:20
         9 |         action: CreateFile
        10 |         input: []
      > 11 |         onFailure: abort
           |                    ^
        12 |       - runs: echo
      Did you mean \`Abort\`?

      RECIPE_INVALID: \`runs\` is not a field of a step.
      recipe.yaml:12:9
        10 |         input: []
        11 |         onFailure: abort
      > 12 |       - runs: echo
           |         ^
        13 |       - name: Write
      Did you mean \`run\`?

      RECIPE_INVALID: There are two steps named \`Write\`: the first is in line 8.
      recipe.yaml:13:15
        11 |         onFailure: abort
        12 |       - runs: echo
      > 13 |       - name: Write
           |               ^
        14 |         action: Reboot
      Remove one, or change it.

      RECIPE_INVALID: \`timeoutSeconds\` must not be 0; -1 means no limit.
      recipe.yaml:15:25
        13 |       - name: Write
        14 |         action: Reboot
      > 15 |         timeoutSeconds: 0
           |                         ^
        16 |

      recipe.yaml has 7 problems."
    `);
  });

  it('a test of unknown type gets the near one', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
tests:
  - name: Up
    type: comand
  - name: Again
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`type\` must be one of \`reboot\`, \`command\` or \`port\`, found \`comand\`.
      recipe.yaml:5:11
        3 | tests:
        4 |   - name: Up
      > 5 |     type: comand
          |           ^
        6 |   - name: Again
      Did you mean \`command\`?

      RECIPE_INVALID: \`type\` is missing.
      recipe.yaml:6:5
        4 |   - name: Up
        5 |     type: comand
      > 6 |   - name: Again
          |     ^
        7 |
      It is one of \`reboot\`, \`command\` or \`port\`.

      recipe.yaml has 2 problems."
    `);
  });

  it('options of a test are checked by its kind', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
tests:
  - name: Up
    type: command
    exitcode: 0
  - name: Web
    type: port
    port: "80"
  - name: High
    type: port
    port: 70000
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`run\` is missing.
      recipe.yaml:4:5
        2 | version: 1.0.0
        3 | tests:
      > 4 |   - name: Up
          |     ^
        5 |     type: command
      What to run.

      RECIPE_INVALID: \`exitcode\` is not a field of a test of type \`command\`.
      recipe.yaml:6:5
        4 |   - name: Up
        5 |     type: command
      > 6 |     exitcode: 0
          |     ^
        7 |   - name: Web
      Did you mean \`exitCode\`?

      RECIPE_INVALID: \`port\` must be a number, found the text \`80\`.
      recipe.yaml:9:11
         7 |   - name: Web
         8 |     type: port
      >  9 |     port: "80"
           |           ^
        10 |   - name: High
      Remove the quotes.

      RECIPE_INVALID: \`port\` must be at most 65535, found the number \`70000\`.
      recipe.yaml:12:11
        10 |   - name: High
        11 |     type: port
      > 12 |     port: 70000
           |           ^
        13 |

      recipe.yaml has 4 problems."
    `);
  });

  it('tests have names of their own', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
tests:
  - {name: Up, type: reboot}
  - {name: Up, type: reboot}
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: There are two tests named \`Up\`: the first is in line 4.
      recipe.yaml:5:12
        3 | tests:
        4 |   - {name: Up, type: reboot}
      > 5 |   - {name: Up, type: reboot}
          |            ^
        6 |
      Remove one, or change it.

      recipe.yaml has a problem."
    `);
  });

  it('an output can be wrong in short and at length', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
outputs:
  - oic
  - type: oci
    compresion: gzip
  - oci
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: Item 1 of \`outputs\` must be one of \`oci\` or \`rootfs\`, found \`oic\`.
      recipe.yaml:4:5
        2 | version: 1.0.0
        3 | outputs:
      > 4 |   - oic
          |     ^
        5 |   - type: oci
      Did you mean \`oci\`?

      RECIPE_INVALID: \`compresion\` is not a field of an output of type \`oci\`.
      recipe.yaml:6:5
        4 |   - oic
        5 |   - type: oci
      > 6 |     compresion: gzip
          |     ^
        7 |   - oci
      Did you mean \`compression\`?

      RECIPE_INVALID: The output \`oci\` is listed twice: the first is in line 5.
      recipe.yaml:7:5
        5 |   - type: oci
        6 |     compresion: gzip
      > 7 |   - oci
          |     ^
        8 |
      Remove one, or change it.

      recipe.yaml has 3 problems."
    `);
  });

  it('no outputs at all is a mistake', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
outputs: []
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`outputs\` must not be empty.
      recipe.yaml:3:10
        1 | name: web
        2 | version: 1.0.0
      > 3 | outputs: []
          |          ^
        4 |

      recipe.yaml has a problem."
    `);
  });

  it('config wants lists and names', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
config:
  env:
    - A=b
  cmd: nginx -g
  workingDir: srv
  ports: [70000, 80/tpc, "99999"]
  labels:
    "a b": c
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`env\` must be fields, found a list.
      recipe.yaml:5:5
        3 | config:
        4 |   env:
      > 5 |     - A=b
          |     ^
        6 |   cmd: nginx -g
      Write \`name: value\` lines without dashes.

      RECIPE_INVALID: \`cmd\` must be a list, found the text \`nginx -g\`.
      recipe.yaml:6:8
        4 |   env:
        5 |     - A=b
      > 6 |   cmd: nginx -g
          |        ^
        7 |   workingDir: srv
      Write a list: \`cmd: [nginx, -g]\`.

      RECIPE_INVALID: \`workingDir\` must be an absolute path without \`..\`, such as \`/srv/app\`, found \`srv\`.
      recipe.yaml:7:15
        5 |     - A=b
        6 |   cmd: nginx -g
      > 7 |   workingDir: srv
          |               ^
        8 |   ports: [70000, 80/tpc, "99999"]

      RECIPE_INVALID: Item 1 of \`ports\` must be at most 65535, found the number \`70000\`.
      recipe.yaml:8:11
        6 |   cmd: nginx -g
        7 |   workingDir: srv
      > 8 |   ports: [70000, 80/tpc, "99999"]
          |           ^
        9 |   labels:

      RECIPE_INVALID: Item 2 of \`ports\` must be a port such as \`80\`, \`80/tcp\` or \`53/udp\`, found \`80/tpc\`.
      recipe.yaml:8:18
        6 |   cmd: nginx -g
        7 |   workingDir: srv
      > 8 |   ports: [70000, 80/tpc, "99999"]
          |                  ^
        9 |   labels:

      RECIPE_INVALID: Ports go from 1 to 65535, found \`99999\`.
      recipe.yaml:8:26
        6 |   cmd: nginx -g
        7 |   workingDir: srv
      > 8 |   ports: [70000, 80/tpc, "99999"]
          |                          ^
        9 |   labels:

      RECIPE_INVALID: The name \`a b\` is not possible here: it must be at most 255 characters without spaces and \`=\`.
      recipe.yaml:10:5
         8 |   ports: [70000, 80/tpc, "99999"]
         9 |   labels:
      > 10 |     "a b": c
           |     ^
        11 |

      recipe.yaml has 7 problems."
    `);
  });

  it('environment needs names that a shell knows', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
config:
  env:
    MY-VAR: a
    OK: [a]
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: The name \`MY-VAR\` is not possible here: it must be letters, digits and \`_\`, not starting with a digit.
      recipe.yaml:5:5
        3 | config:
        4 |   env:
      > 5 |     MY-VAR: a
          |     ^
        6 |     OK: [a]

      RECIPE_INVALID: \`OK\` must be text, a number or \`true\` or \`false\`, found a list.
      recipe.yaml:6:9
        4 |   env:
        5 |     MY-VAR: a
      > 6 |     OK: [a]
          |         ^
        7 |

      recipe.yaml has 2 problems."
    `);
  });

  it('a secret must not stand in the config', async () => {
    expect(
      await diagnose(
        `name: web
version: 1.0.0
secrets:
  token: {env: API_TOKEN}
config:
  env:
    API_TOKEN: abc
  labels:
    build: key-s3cr3t-value
`,
        { env: { API_TOKEN: 's3cr3t-value' } },
      ),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`API_TOKEN\` holds the secret \`token\`, but what is in \`config\` can be read by everybody who has the image.
      recipe.yaml:7:5
        5 | config:
        6 |   env:
      > 7 |     API_TOKEN: abc
          |     ^
        8 |   labels:
      Remove it; components find the value in \`/run/secrets/token\`.

      RECIPE_INVALID: \`build\` holds the secret \`token\`, but what is in \`config\` can be read by everybody who has the image.
      recipe.yaml:9:5
         7 |     API_TOKEN: abc
         8 |   labels:
      >  9 |     build: key-***
           |     ^
        10 |
      Remove it; components find the value in \`/run/secrets/token\`.

      recipe.yaml has 2 problems."
    `);
  });

  it('a secret comes from somewhere', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
secrets:
  token: abc
  other: {envs: A}
  third: {env: A, file: b}
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`token\` must be fields, found the text \`abc\`.
      recipe.yaml:4:10
        2 | version: 1.0.0
        3 | secrets:
      > 4 |   token: abc
          |          ^
        5 |   other: {envs: A}

      RECIPE_INVALID: \`envs\` is not a field of a secret.
      recipe.yaml:5:11
        3 | secrets:
        4 |   token: abc
      > 5 |   other: {envs: A}
          |           ^
        6 |   third: {env: A, file: b}
      Did you mean \`env\`?

      RECIPE_INVALID: \`file\` is not a field of a secret.
      recipe.yaml:6:19
        4 |   token: abc
        5 |   other: {envs: A}
      > 6 |   third: {env: A, file: b}
          |                   ^
        7 |
      There is only \`env\`.

      recipe.yaml has 3 problems."
    `);
  });

  it('files need a source and an absolute target', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
files:
  - to: /etc/a
  - {content: hi, to: etc/b}
  - {content: hi, to: /etc/../b}
  - {content: hi, to: /etc/c/}
  - {content: hi, to: /proc/x}
  - {content: hi, to: /etc/d}
  - {content: ho, to: /etc//d}
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: Item 1 of \`files\` needs \`from\` or \`content\`.
      recipe.yaml:4:5
        2 | version: 1.0.0
        3 | files:
      > 4 |   - to: /etc/a
          |     ^
        5 |   - {content: hi, to: etc/b}

      RECIPE_INVALID: \`to\` must be an absolute path without \`..\`, such as \`/srv/app\`, found \`etc/b\`.
      recipe.yaml:5:23
        3 | files:
        4 |   - to: /etc/a
      > 5 |   - {content: hi, to: etc/b}
          |                       ^
        6 |   - {content: hi, to: /etc/../b}

      RECIPE_INVALID: \`to\` must be an absolute path without \`..\`, such as \`/srv/app\`, found \`/etc/../b\`.
      recipe.yaml:6:23
        4 |   - to: /etc/a
        5 |   - {content: hi, to: etc/b}
      > 6 |   - {content: hi, to: /etc/../b}
          |                       ^
        7 |   - {content: hi, to: /etc/c/}

      RECIPE_INVALID: \`/etc/c/\` is a folder; text needs the path of a file.
      recipe.yaml:7:23
        5 |   - {content: hi, to: etc/b}
        6 |   - {content: hi, to: /etc/../b}
      > 7 |   - {content: hi, to: /etc/c/}
          |                       ^
        8 |   - {content: hi, to: /proc/x}
      Add a file name: \`/etc/c/file.conf\`.

      RECIPE_INVALID: Nothing can be copied to \`/proc/x\`: it is not part of an image.
      recipe.yaml:8:23
        6 |   - {content: hi, to: /etc/../b}
        7 |   - {content: hi, to: /etc/c/}
      > 8 |   - {content: hi, to: /proc/x}
          |                       ^
        9 |   - {content: hi, to: /etc/d}

      RECIPE_INVALID: Two files go to \`/etc/d\`: the first is in line 9.
      recipe.yaml:10:23
         8 |   - {content: hi, to: /proc/x}
         9 |   - {content: hi, to: /etc/d}
      > 10 |   - {content: ho, to: /etc//d}
           |                       ^
        11 |
      Remove one, or change it.

      recipe.yaml has 6 problems."
    `);
  });

  it('files have modes in octal and owners', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
files:
  - {content: hi, to: /etc/a, mode: 0999}
  - {content: hi, to: /etc/b, mode: rw-r--r--}
  - {content: hi, to: /etc/c, owner: "www data"}
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`mode\` must be permission bits in octal such as \`0644\`, found \`0999\`.
      recipe.yaml:4:37
        2 | version: 1.0.0
        3 | files:
      > 4 |   - {content: hi, to: /etc/a, mode: 0999}
          |                                     ^
        5 |   - {content: hi, to: /etc/b, mode: rw-r--r--}

      RECIPE_INVALID: \`mode\` must be permission bits in octal such as \`0644\`, found \`rw-r--r--\`.
      recipe.yaml:5:37
        3 | files:
        4 |   - {content: hi, to: /etc/a, mode: 0999}
      > 5 |   - {content: hi, to: /etc/b, mode: rw-r--r--}
          |                                     ^
        6 |   - {content: hi, to: /etc/c, owner: "www data"}

      RECIPE_INVALID: \`owner\` must be a name such as \`www-data\`, or a number, found \`www data\`.
      recipe.yaml:6:38
        4 |   - {content: hi, to: /etc/a, mode: 0999}
        5 |   - {content: hi, to: /etc/b, mode: rw-r--r--}
      > 6 |   - {content: hi, to: /etc/c, owner: "www data"}
          |                                      ^
        7 |

      recipe.yaml has 3 problems."
    `);
  });

  it('a file that is not there gets the near one', async () => {
    expect(
      await diagnose(
        `name: web
version: 1.0.0
files:
  - {from: ./ngnix.conf, to: /etc/nginx/nginx.conf}
`,
        { files: { 'nginx.conf': '' } },
      ),
    ).toMatchInlineSnapshot(`
      "FILE_NOT_FOUND: There is no file \`./ngnix.conf\`.
      recipe.yaml:4:12
        2 | version: 1.0.0
        3 | files:
      > 4 |   - {from: ./ngnix.conf, to: /etc/nginx/nginx.conf}
          |            ^
        5 |
      Did you mean \`nginx.conf\`?

      recipe.yaml has a problem."
    `);
  });

  it('limits have units and bounds', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
limits: {memory: 2G, cpus: 0, pids: many}
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`memory\` must be an amount with its unit such as \`512MiB\` or \`2GiB\`, found \`2G\`.
      recipe.yaml:3:18
        1 | name: web
        2 | version: 1.0.0
      > 3 | limits: {memory: 2G, cpus: 0, pids: many}
          |                  ^
        4 |
      Did you mean \`2GiB\`?

      RECIPE_INVALID: \`cpus\` must be more than 0, found the number \`0\`.
      recipe.yaml:3:28
        1 | name: web
        2 | version: 1.0.0
      > 3 | limits: {memory: 2G, cpus: 0, pids: many}
          |                            ^
        4 |

      RECIPE_INVALID: \`pids\` must be a number, found the text \`many\`.
      recipe.yaml:3:37
        1 | name: web
        2 | version: 1.0.0
      > 3 | limits: {memory: 2G, cpus: 0, pids: many}
          |                                     ^
        4 |

      recipe.yaml has 3 problems."
    `);
  });

  it('the epoch is a number', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
epoch: 2024-01-01
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`epoch\` must be a number, found the text \`2024-01-01\`.
      recipe.yaml:3:8
        1 | name: web
        2 | version: 1.0.0
      > 3 | epoch: 2024-01-01
          |        ^
        4 |
      Write it in seconds: \`1704067200\`.

      recipe.yaml has a problem."
    `);
  });

  it('an empty field is named', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
description:
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`description\` is empty; it must be text.
      recipe.yaml:3:1
        1 | name: web
        2 | version: 1.0.0
      > 3 | description:
          | ^
        4 |
      Give it a value, or remove it.

      recipe.yaml has a problem."
    `);
  });

  it('all kinds of problems come in one go, in the order of the file', async () => {
    expect(
      await diagnose(`nam: web
version: 1.0
base: debian:sarge
components:
  - steps:
      - run: echo \${var.greting}
tests:
  - {name: A, type: reboot}
  - {name: A, type: rebot}
variables:
  greeting: hello
  size: {type: number}
files:
  - {from: ./nothing, to: relative}
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`nam\` is not a field of a recipe.
      recipe.yaml:1:1
      > 1 | nam: web
          | ^
        2 | version: 1.0
      Did you mean \`name\`?

      RECIPE_INVALID: \`version\` must be three numbers such as \`1.2.3\`, found the number \`1.0\`, which YAML reads as the number \`1\`.
      recipe.yaml:2:10
        1 | nam: web
      > 2 | version: 1.0
          |          ^
        3 | base: debian:sarge
      Write \`version: 1.0.0\`.

      RECIPE_INVALID: There is no base "debian:sarge".
      recipe.yaml:3:7
        1 | nam: web
        2 | version: 1.0
      > 3 | base: debian:sarge
          |       ^
        4 | components:
      Did you mean debian:bookworm?

      VARIABLE_INVALID: There is no variable \`greting\`.
      recipe.yaml:6:19
        4 | components:
        5 |   - steps:
      > 6 |       - run: echo \${var.greting}
          |                   ^
        7 | tests:
      Did you mean \`greeting\`?

      RECIPE_INVALID: There are two tests named \`A\`: the first is in line 8.
      recipe.yaml:9:12
         7 | tests:
         8 |   - {name: A, type: reboot}
      >  9 |   - {name: A, type: rebot}
           |            ^
        10 | variables:
      Remove one, or change it.

      RECIPE_INVALID: \`type\` must be one of \`reboot\`, \`command\` or \`port\`, found \`rebot\`.
      recipe.yaml:9:21
         7 | tests:
         8 |   - {name: A, type: reboot}
      >  9 |   - {name: A, type: rebot}
           |                     ^
        10 | variables:
      Did you mean \`reboot\`?

      VARIABLE_INVALID: The variable \`size\` has no value.
      recipe.yaml:12:3
        10 | variables:
        11 |   greeting: hello
      > 12 |   size: {type: number}
           |   ^
        13 | files:
      Set it with \`--var size=...\`, in a file for \`--var-file\`, as \`GILD_VAR_size\` in the environment, or give it a \`default\`.

      FILE_NOT_FOUND: There is no file \`./nothing\`.
      recipe.yaml:14:12
        12 |   size: {type: number}
        13 | files:
      > 14 |   - {from: ./nothing, to: relative}
           |            ^
        15 |
      Relative paths start at the recipe's folder.

      RECIPE_INVALID: \`to\` must be an absolute path without \`..\`, such as \`/srv/app\`, found \`relative\`.
      recipe.yaml:14:27
        12 |   size: {type: number}
        13 | files:
      > 14 |   - {from: ./nothing, to: relative}
           |                           ^
        15 |

      recipe.yaml has 9 problems."
    `);
  });

  it('says where Secure Boot has no UEFI', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
disk: {firmware: [bios], secureBoot: true}
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: Secure Boot is a matter of UEFI, which \`firmware\` does not have.
      recipe.yaml:3:38
        1 | name: web
        2 | version: 1.0.0
      > 3 | disk: {firmware: [bios], secureBoot: true}
          |                                      ^
        4 |
      Add \`uefi\` to \`firmware\`.

      recipe.yaml has a problem."
    `);
  });

  it('says what boots neither with BIOS nor with Secure Boot', async () => {
    expect(
      await diagnose(`name: web
version: 1.0.0
disk:
  firmware: [bios, uefi]
  boot: uki
  secureBoot: true
`),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: BIOS boots with \`grub\` alone, and \`firmware\` has \`bios\`.
      recipe.yaml:5:9
        3 | disk:
        4 |   firmware: [bios, uefi]
      > 5 |   boot: uki
          |         ^
        6 |   secureBoot: true
      Remove \`bios\` from \`firmware\`, or have one disk for each.

      RECIPE_INVALID: Nobody has signed what \`uki\` boots: Secure Boot needs \`grub\`.
      recipe.yaml:5:9
        3 | disk:
        4 |   firmware: [bios, uefi]
      > 5 |   boot: uki
          |         ^
        6 |   secureBoot: true
      Remove \`boot\` or \`secureBoot\`.

      recipe.yaml has 2 problems."
    `);
  });
});
