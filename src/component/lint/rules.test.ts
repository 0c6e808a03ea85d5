import { describe, expect, it } from 'vitest';
import { parseDocument } from '../document.ts';
import { applyFixes } from './apply-fixes.ts';
import { exampleDocument } from './example.ts';
import { lintRules } from './index.ts';
import { lintDocument } from './lint.ts';

/** Scripts, one command a line, in which a rule finds something, at the text between « and », or nothing. */
const scripts: Readonly<
  Record<string, { readonly finds: readonly string[]; readonly passes: readonly string[] }>
> = {
  'swallowed-error': {
    finds: [
      '«apt-get» update\napt-get install -y nginx',
      'echo begin\n«cp» /a /b\necho done',
      'if true; then\n«rm» /a\necho gone\nfi',
      'make && «make» install\necho done',
      '«make»\nset -e\nmake install',
    ],
    passes: [
      'apt-get update',
      'echo a\nexport B=1\ntouch /tmp/a',
      'set -e\nmake\nmake install',
      'set -euo pipefail\nmake\nmake install',
      'set -o errexit\nmake\nmake install',
      'make && make install && echo done',
      'make || exit 1\nmake install || exit 1',
      'make\nif [ $? -ne 0 ]; then exit 1; fi',
      'make\n[[ $? -eq 0 ]] || exit 1',
      "trap 'exit 1' ERR\nmake\nmake install",
      'for f in a b; do echo "$f"; done\ntrue',
      'cat > /etc/motd <<EOF\nmake\nmake install\nEOF\necho done',
    ],
  },
  'hidden-pipe-failure': {
    finds: ['«curl» -fsS https://example.com/a | tar -x', 'set -e\n«wget» -qO- https://example.com/a | sort'],
    passes: [
      'set -o pipefail\ncurl https://example.com/a | tar -x',
      'echo a | tar -x',
      'grep -q a /b || curl -O https://example.com',
    ],
  },
  'unquoted-reference': {
    finds: [
      'echo «{{ Word }}»',
      'X=«{{ Word }}»',
      'rm -rf /opt/«{{ Word }}»/cache',
      'if [ «{{ Word }}» = a ]; then true; fi',
    ],
    passes: [
      'echo "{{ Word }}"',
      "echo '{{ Word }}'",
      'echo "a $(cat b) {{ Word }}"',
      'exit {{ Word }}',
      'echo {{ Plain }}',
      'cat <<EOF\n{{ Word }}\nEOF',
      'docker ps --format {{.Names}}',
    ],
  },
  'unverified-download': {
    finds: [
      '«curl» -fsSL https://example.com/install.sh | bash',
      '«wget» -qO- https://example.com/install.sh | sudo -E bash -',
      'bash -c "$(«curl» -fsSL https://example.com/install.sh)"',
      'bash <(«curl» -s https://example.com/install.sh)',
      'eval "$(«curl» -s https://example.com/env)"',
    ],
    passes: [
      'curl -o /tmp/a https://example.com/a',
      'curl https://example.com/a | grep -q b',
      'curl -s https://example.com/a.json | python3 -c "import json"',
      'VERSION=$(curl -s https://example.com/version)',
    ],
  },
  'insecure-download': {
    finds: [
      'curl «-sk» https://example.com',
      'curl «--insecure» https://example.com',
      'wget «--no-check-certificate» https://example.com',
    ],
    passes: ['curl -sK /etc/curlrc https://example.com', 'wget https://example.com'],
  },
  'package-prompt': {
    finds: [
      '«apt-get» install nginx',
      'sudo «apt» upgrade',
      'DEBIAN_FRONTEND=noninteractive «apt-get» install nginx',
      '«yum» install httpd',
      '«dnf» update',
      '«zypper» install nginx',
      '«pacman» -S nginx',
    ],
    passes: [
      'apt-get update',
      'apt-get -y install nginx',
      'apt-get install --assume-yes nginx',
      'apt-get -qqy install nginx',
      'yes | apt-get install nginx',
      'yum -y install httpd',
      'zypper -n install nginx',
      'apt-get $OPTIONS install nginx',
      'pacman -S --noconfirm nginx',
    ],
  },
  unreachable: {
    finds: ['exit 0\n«echo» never', 'echo a; exit 1; «echo» b'],
    passes: [
      'test -e /a || exit 1\necho b',
      'if [ -e /a ]; then exit 0; fi\necho b',
      'f() { exit 1; }\nf',
      '(exit 1)\necho b',
    ],
  },
  'file-mode': {
    finds: ['chmod «777» /opt/app', 'chmod -R «0666» /opt/app'],
    passes: ['chmod 1777 /tmp', 'chmod 0755 /opt/app', 'chmod +x /opt/app'],
  },
  'needless-sudo': {
    finds: ['«sudo» apt-get update', 'FOO=1 «sudo» -E make'],
    passes: ['apt-get install -y sudo', 'echo "sudo make"'],
  },
  'deprecated-command': {
    finds: ['«apt-key» add /tmp/key', 'ls | «egrep» a'],
    passes: ['rm /usr/bin/apt-key', 'grep -E a /b'],
  },
};

const head = `parameters:
  - Word: { type: string, default: a }
constants:
  - Plain: { type: string, value: plain-word }`;

async function findings(text: string, rule: string) {
  const { written } = parseDocument(text, { file: 'test.yaml' });
  if (!written) throw new Error('no text');
  return (await lintDocument(written, { syntax: false })).filter((finding) => finding.rule === rule);
}

function document(script: string, style: 'list' | 'block'): string {
  const lines = script.split('\n');
  const commands =
    style === 'list'
      ? lines.map((line) => `      - '${line.replaceAll("'", "''")}'`).join('\n')
      : `      - |\n${lines.map((line) => `        ${line}`).join('\n')}`;
  return exampleDocument(
    `${head}\n---\n- name: Step\n  action: ExecuteBash\n  inputs:\n    commands:\n${commands}\n`,
  );
}

describe.each(lintRules)('$name', (rule) => {
  it('finds something in its wrong example and nothing in its right one', async () => {
    expect(await findings(exampleDocument(rule.wrong), rule.name)).not.toEqual([]);
    expect(await findings(exampleDocument(rule.right), rule.name)).toEqual([]);
  });

  it('has fixes that leave a valid document without the finding', async () => {
    const text = exampleDocument(rule.wrong);
    const fixes = (await findings(text, rule.name)).flatMap(({ fix }) => (fix ? [fix] : []));
    if (fixes.length > 0) expect(await findings(applyFixes(text, fixes).text, rule.name)).toEqual([]);
  });

  const { finds = [], passes = [] } = scripts[rule.name] ?? {};
  const styles = ['list', 'block'] as const;

  it.each(finds.flatMap((script) => styles.map((style) => [script, style] as const)))(
    'finds %j, as a %s',
    async (marked, style) => {
      const script = marked.replace(/«(.*?)»/, '$1');
      const text = document(script, style);
      const [finding] = await findings(text, rule.name);
      const expected = document(marked.replace('»', ''), style);
      const line = expected.split('\n').findIndex((candidate) => candidate.includes('«'));
      const column = (expected.split('\n')[line] ?? '').indexOf('«') + 1;
      expect(finding?.at).toEqual({ file: 'test.yaml', line: line + 1, column });
    },
  );

  it.each(passes.flatMap((script) => styles.map((style) => [script, style] as const)))(
    'passes %j, as a %s',
    async (script, style) => {
      expect(await findings(document(script, style), rule.name)).toEqual([]);
    },
  );
});

it('has a name of its own for every rule', () => {
  const names = lintRules.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
