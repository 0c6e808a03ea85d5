import { describe, expect, it } from 'vitest';
import type { Verdict } from '../model/artifact.ts';
import { output } from '../support/process.ts';
import { jsonReport, junitXml } from './reports.ts';

const verdicts: readonly Verdict[] = [
  {
    name: 'nginx answers',
    type: 'http',
    status: 'passed',
    message: 'http://127.0.0.1/ answers 200',
    seconds: 0.25,
  },
  {
    name: 'a "<&>\'\n\tname',
    type: 'command',
    status: 'failed',
    message: 'expected <1> & "2"',
    seconds: 1.5,
    output: 'x\u0000\u0007\u001b[31mred\u001b[0m ]]> \ud800 \ufffe\r\ntail & <end>',
  },
  {
    name: 'BootTest',
    type: 'reboot',
    status: 'blocked',
    message: 'a reboot test needs a disk output',
    seconds: 0,
  },
];
const facts = { image: 'web-server 1.0.0', seconds: 2 };

const readXml = `
import json, sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
suite = root.find('testsuite')
cases = [dict(c.attrib, outcome=[e.tag for e in c], text=[e.text for e in c]) for c in suite.findall('testcase')]
print(json.dumps({'suite': suite.attrib, 'cases': cases}))
`;

describe('the JUnit report', () => {
  it('reads well as a text', () => {
    expect(junitXml([...verdicts.slice(0, 1), ...verdicts.slice(2)], facts)).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="gild" tests="2" failures="0" errors="1" skipped="0" time="2.000">
        <testsuite name="web-server 1.0.0" tests="2" failures="0" errors="1" skipped="0" time="2.000">
          <testcase classname="web-server 1.0.0.http" name="nginx answers" time="0.250">
          </testcase>
          <testcase classname="web-server 1.0.0.reboot" name="BootTest" time="0.000">
            <error message="a reboot test needs a disk output" type="blocked">a reboot test needs a disk output</error>
          </testcase>
        </testsuite>
      </testsuites>
      "
    `);
  });

  it('survives an XML parser whatever names and outputs hold', async () => {
    const stdin = Buffer.from(junitXml(verdicts, facts));
    const parsed = JSON.parse(await output(['python3', '-c', readXml], { stdin }));
    expect(parsed.suite).toMatchObject({ tests: '3', failures: '1', errors: '1' });
    expect(parsed.cases[1]).toEqual({
      classname: 'web-server 1.0.0.command',
      name: 'a "<&>\'\n\tname',
      time: '1.500',
      outcome: ['failure', 'system-out'],
      text: ['expected <1> & "2"', 'x\ufffd\ufffd\ufffd[31mred\ufffd[0m ]]> \ufffd \ufffd\ntail & <end>'],
    });
  });
});

describe('the JSON report', () => {
  it('counts and carries the verdicts unchanged', () => {
    expect(JSON.parse(jsonReport(verdicts, facts))).toEqual({
      ...facts,
      tests: 3,
      passed: 1,
      failed: 1,
      blocked: 1,
      verdicts: JSON.parse(JSON.stringify(verdicts)),
    });
  });
});
