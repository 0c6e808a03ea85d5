import { describe, expect, it } from 'vitest';
import { parseDocument } from '../document.ts';
import { documentFromScript } from './from-script.ts';
import { documentToYaml } from './write.ts';

const script = `#!/usr/bin/env -S bash -eu
# Installs the app.
# In one go.

apt-get update
apt-get install -y "app=\${APP_VERSION:-1.2}" --channel "$CHANNEL"

# gild: validate
app --version | grep -q "$APP_VERSION"

# gild: test it runs
app
# gild: test it runs
app --again
`;

describe('documentFromScript', () => {
  it('makes a valid document of a script, with phases, parameters and a description', () => {
    const { document, remarks } = documentFromScript(script, 'app');
    const text = documentToYaml(document);
    expect(parseDocument(text, { file: 'app.yaml' }).warnings).toEqual([]);
    expect(text).toMatchInlineSnapshot(`
      "name: app
      description: Installs the app. In one go.
      schemaVersion: 1.0
      parameters:
        - APP_VERSION:
            type: string
            default: '1.2'
            description: APP_VERSION of the script.
        - CHANNEL:
            type: string
            description: CHANNEL of the script.
      phases:
        - name: build
          steps:
            - name: Run
              action: ExecuteBash
              inputs:
                commands:
                  - |
                    set -eu
                    APP_VERSION='{{ APP_VERSION }}'
                    CHANNEL='{{ CHANNEL }}'
                    apt-get update
                    apt-get install -y "app=\${APP_VERSION:-1.2}" --channel "$CHANNEL"
        - name: validate
          steps:
            - name: Check
              action: ExecuteBash
              inputs:
                commands:
                  - |
                    set -eu
                    APP_VERSION='{{ APP_VERSION }}'
                    app --version | grep -q "$APP_VERSION"
        - name: test
          steps:
            - name: ItRuns
              action: ExecuteBash
              inputs:
                commands:
                  - |
                    set -eu
                    app
            - name: ItRuns2
              action: ExecuteBash
              inputs:
                commands:
                  - |
                    set -eu
                    app --again
      "
    `);
    expect(remarks).toEqual([
      'APP_VERSION, CHANNEL: read and never set, so a parameter each.',
      'CHANNEL: without a default; whoever uses the component must give a value.',
    ]);
  });

  it.each([
    ['X=1\necho $X', []],
    ['read -r X\necho $X', []],
    ['for X in a; do echo $X; done', []],
    ["echo '$X'", []],
    ['echo $HOME $x', []],
    ['cat > "$TARGET"', ['TARGET']],
    ['echo "$(cat "$FROM")"', ['FROM']],
  ])('sees in %j the variables %j that nobody sets', (text, names) => {
    const { parameters = [] } = documentFromScript(text, 'x').document;
    expect(parameters.flatMap((parameter) => Object.keys(parameter))).toEqual(names);
  });

  it.each([
    ['echo $1', /reads arguments/],
    ['cd "$(dirname "$0")"', /where it stands/],
    ['curl -H "$API_TOKEN" x', /a secret by its name/],
    ['#!/bin/zsh\necho a', /one for zsh/],
  ])('says what a person should look at in %j', (text, expected) => {
    expect(documentFromScript(text, 'x').remarks.join('\n')).toMatch(expected);
  });

  it.each([['#!/usr/bin/env python3\nprint(1)'], ['#!/bin/sh\n# nothing\n'], ['']])('refuses %j', (text) => {
    expect(() => documentFromScript(text, 'x')).toThrow(
      expect.objectContaining({ code: 'COMPONENT_INVALID' }),
    );
  });

  it('takes Windows line endings', () => {
    const { document } = documentFromScript('#!/bin/sh -e\r\necho a\r\necho b\r\n', 'x');
    expect(document.phases[0]?.steps[0]?.inputs.commands).toEqual(['set -e\necho a\necho b\n']);
  });
});
