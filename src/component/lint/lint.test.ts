import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { parseDocument } from '../document.ts';
import { exampleDocument } from './example.ts';
import { lintDocument } from './lint.ts';
import { lintFile } from './lint-file.ts';
import { lexShell } from './shell/lex.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-lint-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const sudo = `- name: Update
  action: ExecuteBash
  inputs:
    commands:
      - sudo apt-get update
`;

async function rulesIn(text: string, options = {}): Promise<readonly string[]> {
  const { written } = parseDocument(text, { file: 'test.yaml' });
  if (!written) throw new Error('no text');
  return (await lintDocument(written, { syntax: false, ...options })).map(({ rule }) => rule);
}

describe('gild-lint: disable', () => {
  const disable = '# gild-lint: disable=needless-sudo';

  it.each([
    ['behind a line', sudo.replace('update', `update ${disable}`)],
    ['above a command', sudo.replace('      - sudo', `      ${disable}\n      - sudo`)],
    ['above a step', `${disable}\n${sudo}`],
  ])('silences a rule %s', async (_where, steps) => {
    expect(await rulesIn(exampleDocument(steps))).toEqual([]);
  });

  it('silences a rule in the whole document, above its first key', async () => {
    expect(await rulesIn(`${disable}\n${exampleDocument(sudo)}`)).toEqual([]);
  });

  it('silences a line of a script, from within the script', async () => {
    const script = `- name: Both
  action: ExecuteBash
  inputs:
    commands:
      - |
        ${disable}
        chmod 777 /a && sudo true
`;
    expect(await rulesIn(exampleDocument(script))).toEqual(['file-mode']);
  });

  it('says nothing about other rules and other steps', async () => {
    const two = `${disable}\n${sudo}${sudo.replace('Update', 'Again')}`;
    expect(await rulesIn(exampleDocument(two))).toEqual(['needless-sudo']);
    expect(await rulesIn(exampleDocument(`# gild-lint: disable=file-mode\n${sudo}`))).toEqual([
      'needless-sudo',
    ]);
  });
});

describe('shell-syntax', () => {
  const broken = `- name: Broken
  action: ExecuteBash
  inputs:
    commands:
      - echo begin
      - |
        if true; then
          echo yes
        done
`;

  it('says on which line of the document bash stumbles', async () => {
    const { written } = parseDocument(exampleDocument(broken), { file: 'test.yaml' });
    if (!written) throw new Error('no text');
    const [finding] = (await lintDocument(written)).filter(({ rule }) => rule === 'shell-syntax');
    expect(finding).toMatchObject({
      at: { line: 13, column: 15 },
      message: expect.stringContaining("`done'"),
    });
  });

  it('takes references for words', async () => {
    const steps = `parameters:
  - Word: { type: string, default: a }
---
- name: Fine
  action: ExecuteBash
  inputs:
    commands:
      - case {{ Word }} in a) echo "$(( {{ Word }} + 1 ))";; esac
`;
    expect(await rulesIn(exampleDocument(steps), { syntax: true })).not.toContain('shell-syntax');
  });

  it('runs nothing of the script', async () => {
    const mark = join(folder, 'ran');
    const steps = `- name: Fine
  action: ExecuteBash
  inputs:
    commands:
      - set +n; shopt -s extglob; touch '${mark}'; X="$(touch '${mark}')"; eval "touch '${mark}'"
`;
    expect(await rulesIn(exampleDocument(steps), { syntax: true })).not.toContain('shell-syntax');
    await expect(readFile(mark)).rejects.toThrow('ENOENT');
  });
});

describe('lintFile', () => {
  const careless = `- name: Install
  action: ExecuteBash
  inputs:
    commands:
      - sudo apt-get update
      - sudo apt-get install nginx
- name: Write
  action: CreateFile
  inputs:
    - path: /etc/motd
      content: hello
      permissions: 0644
`;

  it('writes what can be mended without a change of meaning', async () => {
    const file = join(folder, 'safe.yaml');
    await writeFile(file, exampleDocument(careless));
    const { findings, fixed } = await lintFile(file, { fix: 'safe', syntax: false });
    expect(findings.map(({ rule }) => rule)).toEqual(['swallowed-error']);
    expect(fixed).toHaveLength(3);
    const expected = careless
      .replaceAll('sudo ', '')
      .replace('install nginx', 'install -y nginx')
      .replace('0644', "'0644'");
    expect(await readFile(file, 'utf8')).toBe(exampleDocument(expected));
  });

  it('writes the rest too when asked, and comes to an end', async () => {
    const file = join(folder, 'all.yaml');
    await writeFile(file, exampleDocument(careless));
    expect((await lintFile(file, { fix: 'all', syntax: false })).findings).toEqual([]);
    expect(await readFile(file, 'utf8')).toContain('      - set -e\n');
  });

  it('mends JSON as JSON', async () => {
    const file = join(folder, 'a.json');
    const step = {
      name: 'Run',
      action: 'ExecuteBash',
      inputs: { commands: ['sudo make "a"', 'make install'] },
    };
    await writeFile(file, JSON.stringify({ schemaVersion: 1.0, phases: [{ name: 'build', steps: [step] }] }));
    await lintFile(file, { fix: 'all', syntax: false });
    const commands = JSON.parse(await readFile(file, 'utf8')).phases[0].steps[0].inputs.commands;
    expect(commands).toEqual(['set -e', 'make "a"', 'make install']);
  });

  it('leaves a file alone that needs nothing', async () => {
    const file = join(folder, 'fine.yaml');
    await writeFile(file, exampleDocument(sudo.replace('sudo ', '')), { mode: 0o444 });
    expect(await lintFile(file, { fix: 'all', syntax: false })).toEqual({ findings: [], fixed: [] });
  });
});

describe('portability', () => {
  it('is looked for when asked, and then finds what AWS does not know', async () => {
    const text = exampleDocument(sudo.replace('sudo ', '')).replace(
      'schemaVersion: 1.0',
      'schemaVersion: 1.1\nowner: me',
    );
    expect(await rulesIn(text)).toEqual([]);
    expect(await rulesIn(text, { portable: true })).toEqual(['portability', 'portability']);
  });

  it.each([
    ['retry: {delaySeconds: 1}'],
    ['loop: {forEach: [a], resume: true}'],
    ['loop: {forEach: {list: "{{ build.First.outputs.stdout }}"}}'],
  ])('knows %j as Gild’s own', async (more) => {
    const steps = `- {name: First, action: ExecuteBash, inputs: {commands: [echo a]}}
- name: Second
  action: ExecuteBash
  ${more}
  inputs: {commands: [echo b]}
`;
    expect(await rulesIn(exampleDocument(steps), { portable: true })).toEqual(['portability']);
  });

  it.each([
    ["ExecuteBash, inputs: {commands: ['echo {{ secret:token }}']}", 1],
    ['ExecuteDocument, inputs: {document: ./other.yaml}', 1],
    ['ExecuteDocument, inputs: {document: other@1.0.0}', 1],
    ["ExecuteDocument, inputs: {document: 'arn:aws:imagebuilder:eu-west-1:aws:component/a/1.0.0/1'}", 0],
    ['ExecuteDocument, inputs: {document: /tmp/other.yaml}', 0],
  ])('finds in the action %s so many things: %i', async (action, count) => {
    const found = await rulesIn(exampleDocument(`- {name: One, action: ${action}}\n`), { portable: true });
    expect(found.filter((rule) => rule === 'portability')).toHaveLength(count);
  });
});

describe('lexShell', () => {
  it('sees the words of every command', () => {
    const script = `A=1 foo "b c" $(bar 'd') # no\nif x; then y | z; fi && last <<E\nnot a command\nE\nend`;
    const seen = lexShell(script).map(({ words }) => words.map(({ text }) => text).join(' '));
    expect(seen).toEqual([`A=1 foo "b c" $(bar 'd')`, "bar 'd'", 'x', 'y', 'z', 'last', 'end']);
  });

  it('comes to an end with any text, and its words stand where they say', () => {
    const piece = fc.constantFrom(
      '"',
      "'",
      '`',
      '$(',
      '${',
      '((',
      ')',
      '}',
      '{{ a.b }}',
      '<<E',
      '\n',
      ' ',
      'a',
      '\\',
      ';',
      '|',
      '&',
      '<(',
      'case x in',
      '[[',
      '#',
      'E',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const script = pieces.join('');
        for (const { words } of lexShell(script)) {
          for (const { text, start, end } of words)
            if (text !== '((') expect(script.slice(start, end)).toBe(text);
        }
      }),
    );
  });
});

describe('a download without a checksum', () => {
  const download = `- name: Fetch
  action: WebDownload
  inputs:
    - source: https://example.com/app.deb
      destination: /tmp/app.deb
`;
  const script = (command: string) => `- name: Verify
  action: ExecuteBash
  inputs:
    commands:
      - ${command}
`;

  it.each([
    'gpgv --keyring /tmp/key.gpg /tmp/app.sig /tmp/app.deb',
    "echo '00  /tmp/app.deb' | sha256sum --check",
  ])('is no finding if a later step verifies it: %s', async (command) => {
    expect(await rulesIn(exampleDocument(download + script(command)))).toEqual([]);
  });

  it.each(['dpkg --install /tmp/app.deb', 'sha256sum --check /tmp/sums'])(
    'stays a finding if a later step does not: %s',
    async (command) => {
      expect(await rulesIn(exampleDocument(download + script(command)))).toEqual(['unverified-download']);
    },
  );

  it('stays a finding if it was verified before it was there', async () => {
    const steps = script('sha256sum /tmp/app.deb') + download;
    expect(await rulesIn(exampleDocument(steps))).toEqual(['unverified-download']);
  });
});
