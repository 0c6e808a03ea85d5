import { describe, expect, it } from 'vitest';
import { GildError } from '../support/errors.ts';
import { parseDocument } from './document.ts';

/** Each problem on a line: place, message, hint. */
function problemsOf(text: string): string {
  try {
    parseDocument(text, { file: 'x.yaml' });
    return 'valid';
  } catch (error) {
    if (!(error instanceof GildError)) throw error;
    const problems = error.problems.length > 0 ? error.problems : [error];
    return problems
      .map(({ at, message, hint }) => `${at?.line}:${at?.column} ${message}${hint ? ` ${hint}` : ''}`)
      .join('\n');
  }
}

describe('a broken component document', () => {
  it('is refused for an empty document', () => {
    expect(problemsOf(``)).toMatchInlineSnapshot(`"1:1 The document is empty."`);
  });

  it('is refused for text that is no map', () => {
    expect(problemsOf(`hello`)).toMatchInlineSnapshot(
      `"1:1 A component document is a map, not \`hello\`. It begins with \`schemaVersion: 1.0\`."`,
    );
  });

  it('is refused for a list', () => {
    expect(
      problemsOf(`- a
- b
`),
    ).toMatchInlineSnapshot(
      `"1:1 A component document is a map, not a list. It begins with \`schemaVersion: 1.0\`."`,
    );
  });

  it('is refused for a missing schemaVersion', () => {
    expect(
      problemsOf(`phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
`),
    ).toMatchInlineSnapshot(`"1:1 The document has no \`schemaVersion\`. Add \`schemaVersion: 1.0\`."`);
  });

  it('is refused for a wrong schemaVersion', () => {
    expect(
      problemsOf(`schemaVersion: 2.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
`),
    ).toMatchInlineSnapshot(`"1:16 schemaVersion must be 1.0, not \`2.0\`."`);
  });

  it('is refused for a document without phases', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
name: x
`),
    ).toMatchInlineSnapshot(`"1:1 The document has no \`phases\`."`);
  });

  it('is refused for phases that are a map', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  build:
    steps: []
`),
    ).toMatchInlineSnapshot(`"3:3 \`phases\` must be a list, not a map."`);
  });

  it('is refused for an empty list of phases', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases: []
`),
    ).toMatchInlineSnapshot(`"2:9 \`phases\` is an empty list."`);
  });

  it('is refused for a phase without a name', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - steps:
      - name: One
        action: Reboot
`),
    ).toMatchInlineSnapshot(`"3:5 The phase has no \`name\`."`);
  });

  it('is refused for a phase that is text', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - build
`),
    ).toMatchInlineSnapshot(`"3:5 A phase is a map with \`name\` and \`steps\`, not \`build\`."`);
  });

  it('is refused for a phase without steps', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
`),
    ).toMatchInlineSnapshot(`"3:5 The phase \`build\` has no \`steps\`."`);
  });

  it('is refused for a misspelt key of a phase', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    step: []
`),
    ).toMatchInlineSnapshot(`
  "3:5 The phase \`build\` has no \`steps\`.
  4:5 \`step\` is not a key of a phase. Did you mean \`steps\`?"
`);
  });

  it('is refused for two phases of one name', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
`),
    ).toMatchInlineSnapshot(
      `"9:11 There are two phases named \`build\`. References need names that tell them apart."`,
    );
  });

  it('is refused for a name with a space', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One two
        action: ExecuteBash
        inputs:
          commands: [echo hi]
`),
    ).toMatchInlineSnapshot(
      `"5:15 \`One two\` is not a name. A name has 3 to 128 letters, digits, \`-\` or \`_\`."`,
    );
  });

  it('is refused for a name that is too short', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: ab
        action: ExecuteBash
        inputs:
          commands: [echo hi]
`),
    ).toMatchInlineSnapshot(
      `"5:15 \`ab\` is not a name. A name has 3 to 128 letters, digits, \`-\` or \`_\`."`,
    );
  });

  it('is refused for two steps of one name', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
`),
    ).toMatchInlineSnapshot(
      `"9:15 There are two steps named \`One\` in this phase. References need names that tell them apart."`,
    );
  });

  it('is refused for a step that is text', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - ExecuteBash
`),
    ).toMatchInlineSnapshot(
      `"5:9 A step is a map with \`name\`, \`action\` and \`inputs\`, not \`ExecuteBash\`."`,
    );
  });

  it('is refused for a step without an action', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
`),
    ).toMatchInlineSnapshot(`"5:9 The step has no \`action\`."`);
  });

  it('is refused for a step without a name', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - action: Reboot
`),
    ).toMatchInlineSnapshot(`"5:9 The step has no \`name\`."`);
  });

  it('is refused for an unknown action', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBassh
        inputs:
          commands: [a]
`),
    ).toMatchInlineSnapshot(`"6:17 \`ExecuteBassh\` is not an action. Did you mean \`ExecuteBash\`?"`);
  });

  it('is refused for an action like no other', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: Frobnicate
`),
    ).toMatchInlineSnapshot(`"6:17 \`Frobnicate\` is not an action."`);
  });

  it('is refused for a script that is given twice', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecutePowerShell
        inputs:
          commands: [a]
          file: C:\\a.ps1
`),
    ).toMatchInlineSnapshot(`"9:17 ExecutePowerShell takes \`commands\` or \`file\`, not both."`);
  });

  it('is refused for a misspelt key of a step', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
        onFailre: Abort
`),
    ).toMatchInlineSnapshot(`"9:9 \`onFailre\` is not a key of a step. Did you mean \`onFailure\`?"`);
  });

  it('is refused for an onFailure that is none', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
        onFailure: continue
`),
    ).toMatchInlineSnapshot(
      `"9:20 \`onFailure\` must be Abort, Continue or Ignore, not \`continue\`. Did you mean \`Continue\`?"`,
    );
  });

  it('is refused for a maxAttempts of 0', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
        maxAttempts: 0
`),
    ).toMatchInlineSnapshot(`"9:22 \`maxAttempts\` must be a whole number from 1, not \`0\`."`);
  });

  it('is refused for a timeout of 0', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
        timeoutSeconds: 0
`),
    ).toMatchInlineSnapshot(
      `"9:25 \`timeoutSeconds\` must be a whole number of seconds from 1, or -1 for none, not \`0\`."`,
    );
  });

  it('is refused for a timeout below -1', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
        timeoutSeconds: -5
`),
    ).toMatchInlineSnapshot(
      `"9:25 \`timeoutSeconds\` must be a whole number of seconds from 1, or -1 for none, not \`-5\`."`,
    );
  });

  it('is refused for a timeout that is text', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
        timeoutSeconds: 5 minutes
`),
    ).toMatchInlineSnapshot(
      `"9:25 \`timeoutSeconds\` must be a whole number of seconds from 1, or -1 for none, not \`5 minutes\`."`,
    );
  });

  it('is refused for a flag that is none', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
        disableLogging: perhaps
`),
    ).toMatchInlineSnapshot(`"9:25 \`disableLogging\` must be true or false, not \`perhaps\`."`);
  });

  it('is refused for a step that needs inputs and has none', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
`),
    ).toMatchInlineSnapshot(`"6:17 ExecuteBash needs \`inputs\`. Write \`inputs: {commands: [...]}\`."`);
  });

  it('is refused for inputs of the wrong shape: a list for a map', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          - commands: [a]
`),
    ).toMatchInlineSnapshot(
      `"8:11 \`inputs\` of ExecuteBash is a map, not a list. Write \`inputs: {commands: [...]}\`."`,
    );
  });

  it('is refused for inputs of the wrong shape: a map for a list', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: CreateFolder
        inputs:
          path: /opt/x
`),
    ).toMatchInlineSnapshot(
      `"8:11 \`inputs\` of CreateFolder is a list of maps. Write \`inputs: [{path: ...}]\`."`,
    );
  });

  it('is refused for commands that are text', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: echo hi
`),
    ).toMatchInlineSnapshot(
      `"8:21 \`commands\` of ExecuteBash must be a list of texts. Put \`- \` before each line."`,
    );
  });

  it('is refused for a command that YAML takes for a map', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands:
            - echo hi
            - echo Host: x
`),
    ).toMatchInlineSnapshot(
      `"10:15 \`commands\` of ExecuteBash must be a list of texts. A \`: \` in it makes a map of it; put the text in quotes or below \`|\`."`,
    );
  });

  it('is refused for an empty list of commands', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: []
`),
    ).toMatchInlineSnapshot(`"8:21 \`commands\` of ExecuteBash must be a list with at least one entry."`);
  });

  it('is refused for a missing input', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: CopyFile
        inputs:
          - source: /a
`),
    ).toMatchInlineSnapshot(
      `"8:13 CopyFile needs \`destination\`. \`destination\`: path; with a separator at its end, a folder into which the source goes by its own name."`,
    );
  });

  it('is refused for an unknown input', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: CreateFile
        inputs:
          - path: /a
            contents: x
`),
    ).toMatchInlineSnapshot(`"9:13 CreateFile has no input \`contents\`. Did you mean \`content\`?"`);
  });

  it('is refused for permissions that are not octal', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: SetFilePermissions
        inputs:
          - path: /a
            permissions: u+x
`),
    ).toMatchInlineSnapshot(
      `"9:26 \`permissions\` of SetFilePermissions must be octal permissions such as \`0644\`."`,
    );
  });

  it('is refused for an unknown encoding', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: CreateFile
        inputs:
          - path: /a
            encoding: latin1
`),
    ).toMatchInlineSnapshot(
      `"9:23 \`encoding\` of CreateFile must be utf-8, utf-16, utf-16-LE, utf-16-BE, utf-32, utf-32-LE or utf-32-BE."`,
    );
  });

  it('is refused for a source that is no web address', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: WebDownload
        inputs:
          - source: s3://bucket/key
            destination: /a
`),
    ).toMatchInlineSnapshot(`"8:21 \`source\` of WebDownload must be an http or https URL."`);
  });

  it('is refused for a checksum that no algorithm makes', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: WebDownload
        inputs:
          - source: https://example.com/a
            destination: /a
            checksum: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
`),
    ).toMatchInlineSnapshot(
      `"10:23 No algorithm makes a checksum of 33 hex digits. MD5 has 32, SHA1 40, SHA256 64, SHA512 128."`,
    );
  });

  it('is refused for a checksum of the wrong length', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: WebDownload
        inputs:
          - source: https://example.com/a
            destination: /a
            checksum: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
            algorithm: SHA1
`),
    ).toMatchInlineSnapshot(`"10:23 A SHA1 checksum has 40 hex digits, not 64."`);
  });

  it('is refused for a wildcard in a folder', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: DeleteFile
        inputs:
          - path: /a/*/b
`),
    ).toMatchInlineSnapshot(`"8:19 \`path\` of DeleteFile must be a path with \`*\` in its last part only."`);
  });

  it('is refused for the deletion of everything', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: DeleteFolder
        inputs:
          - path: /
            force: true
`),
    ).toMatchInlineSnapshot(`"8:19 \`path\` of DeleteFolder must be a folder below the root."`);
  });

  it('is refused for a wildcard copied to a file', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: CopyFile
        inputs:
          - source: /a/*
            destination: /b
`),
    ).toMatchInlineSnapshot(`"9:26 \`destination\` must end with \`/\` where \`source\` has a \`*\`."`);
  });

  it('is refused for parameters in the wrong shape that is common', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
parameters:
  - name: Port
    type: string
    default: 80
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
`),
    ).toMatchInlineSnapshot(
      `"3:5 A parameter is a map whose only key is its name; this one has 3 keys. Write \`- Port:\` and put \`type\` and \`default\` below it, indented further."`,
    );
  });

  it('is refused for parameters that are a map', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
parameters:
  Port:
    type: string
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
`),
    ).toMatchInlineSnapshot(
      `"3:3 \`parameters\` is a list of maps with one key each, not a map. Write \`parameters:\` and below it \`- Name: {type: string, default: ...}\`."`,
    );
  });

  it('is refused for a parameter of another type', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
parameters:
  - Port:
      type: integer
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
`),
    ).toMatchInlineSnapshot(
      `"4:13 The type of \`Port\` must be one of \`string\`, \`number\`, \`boolean\`, \`list\`, not \`integer\`."`,
    );
  });

  it('is refused for a parameter without a type', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
parameters:
  - Port:
      default: 80
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
`),
    ).toMatchInlineSnapshot(`"4:7 The parameter \`Port\` has no \`type\`. Most have \`string\`."`);
  });

  it('is refused for a constant without a value', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
constants:
  - Port:
      type: string
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
`),
    ).toMatchInlineSnapshot(`"4:7 The constant \`Port\` has no \`value\`."`);
  });

  it('is refused for a constant named like a parameter', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
parameters:
  - Port: {type: string}
constants:
  - Port: {type: string, value: '80'}
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
`),
    ).toMatchInlineSnapshot(`"5:5 \`Port\` is already the name of a parameter."`);
  });

  it('is refused for a reference to an unknown parameter', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
parameters:
  - Port: {type: string}
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands:
            - |
              echo a
              echo {{ Prot }}
`),
    ).toMatchInlineSnapshot(`"13:20 There is no parameter or constant \`Prot\`. Did you mean \`Port\`?"`);
  });

  it('is refused for a reference to an unknown phase', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: ['{{ biuld.One.outputs.stdout }}']
`),
    ).toMatchInlineSnapshot(`"8:23 There is no phase \`biuld\`. Did you mean \`build\`?"`);
  });

  it('is refused for a reference to an unknown step', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
      - name: Two
        action: ExecuteBash
        inputs:
          commands: ['{{ build.Oen.outputs.stdout }}']
`),
    ).toMatchInlineSnapshot(`"12:23 Phase \`build\` has no step \`Oen\`. Did you mean \`One\`?"`);
  });

  it('is refused for a reference to a later step', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: ['{{ build.Two.outputs.stdout }}']
      - name: Two
        action: ExecuteBash
        inputs:
          commands: [echo hi]
`),
    ).toMatchInlineSnapshot(`"8:23 Step \`Two\` runs later than this one."`);
  });

  it('is refused for a reference to itself', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: ['{{ build.One.outputs.stdout }}']
`),
    ).toMatchInlineSnapshot(`"8:23 A step cannot refer to itself."`);
  });

  it('is refused for a reference to an unknown output', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
      - name: Two
        action: ExecuteBash
        inputs:
          commands: ['{{ build.One.outputs.stdot }}']
`),
    ).toMatchInlineSnapshot(`"12:23 ExecuteBash has no output \`stdot\`. Did you mean \`stdout\`?"`);
  });

  it('is refused for a reference to an input past the end', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: CreateFolder
        inputs:
          - path: /opt/x
      - name: Two
        action: ExecuteBash
        inputs:
          commands: ['{{ build.One.inputs[1].path }}']
`),
    ).toMatchInlineSnapshot(`"12:23 Step \`One\` has 1 entry; they are counted from 0."`);
  });

  it('is refused for a reference that is cut short', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
      - name: Two
        action: ExecuteBash
        inputs:
          commands: ['{{ build.One.stdout }}']
`),
    ).toMatchInlineSnapshot(
      `"12:23 This is not a complete reference to step \`One\`. Write \`{{ phase.step.outputs.stdout }}\` or \`{{ phase.step.inputs.path }}\`."`,
    );
  });

  it('is refused for a reference from the test phase to the build', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
  - name: test
    steps:
      - name: Two
        action: ExecuteBash
        inputs:
          commands: ['{{ build.One.outputs.stdout }}']
`),
    ).toMatchInlineSnapshot(`"14:23 Phase \`test\` runs on a fresh machine, where \`build\` has not run."`);
  });

  it('is refused for a tab as indentation', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
	- name: build
`),
    ).toMatchInlineSnapshot(`"3:1 A tab is used as indentation. YAML wants spaces there."`);
  });

  it('is refused for a key that stands twice', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
schemaVersion: 1.0
phases: []
`),
    ).toMatchInlineSnapshot(`"2:1 The key \`schemaVersion\` stands twice in the same map."`);
  });

  it('is refused for two documents in one file', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi]
---
a: 1
`),
    ).toMatchInlineSnapshot(
      `"9:1 There is more than one YAML document in the file. Split the file at \`---\`."`,
    );
  });

  it('is refused for an unclosed bracket', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [echo hi
`),
    ).toMatchInlineSnapshot(`"9:1 A \`[\` or \`{\` before this place is not closed."`);
  });

  it('is refused for a custom tag', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: [!!js/function 'x']
`),
    ).toMatchInlineSnapshot(`"8:22 The YAML tag is not known. Leave it out: only plain YAML is read."`);
  });

  it('is refused for an alias without an anchor', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs: *gone
`),
    ).toMatchInlineSnapshot(`"7:17 There is no anchor \`&gone\` before this alias."`);
  });

  it('is refused for a NUL character', () => {
    expect(
      problemsOf(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands: ["a\\0b"]
`),
    ).toMatchInlineSnapshot(`"8:22 \`commands\` of ExecuteBash must be text without NUL characters."`);
  });
});
