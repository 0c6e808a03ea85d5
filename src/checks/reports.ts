import type { Verdict } from '../model/artifact.ts';

export interface ReportFacts {
  /** `web-server 1.0.0` */
  readonly image: string;
  /** How long the tests took, start of the machine included. */
  readonly seconds: number;
}

/** JUnit's XML, as CI systems read it. A blocked test is an `error`: it proves nothing, so it must not look passed. */
export function junitXml(verdicts: readonly Verdict[], { image, seconds }: ReportFacts): string {
  const counts = countVerdicts(verdicts);
  const totals = attributes({
    tests: String(verdicts.length),
    failures: String(counts.failed),
    errors: String(counts.blocked),
    skipped: '0',
    time: seconds.toFixed(3),
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="gild"${totals}>`,
    `  <testsuite${attributes({ name: image })}${totals}>`,
    ...verdicts.map((verdict) => testCase(verdict, image)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/** The same as plain data, for programs. */
export function jsonReport(verdicts: readonly Verdict[], { image, seconds }: ReportFacts): string {
  const { passed, failed, blocked } = countVerdicts(verdicts);
  const report = { image, seconds, tests: verdicts.length, passed, failed, blocked, verdicts };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function testCase(verdict: Verdict, image: string): string {
  const open = `    <testcase${attributes({ classname: `${image}.${verdict.type}`, name: verdict.name, time: verdict.seconds.toFixed(3) })}>`;
  const lines = [open, ...outcome(verdict)];
  const out = [verdict.output, verdict.screenshot && `[[ATTACHMENT|${verdict.screenshot}]]`].filter(Boolean);
  if (out.length > 0) lines.push(`      <system-out>${escapeXml(out.join('\n'))}</system-out>`);
  return [...lines, '    </testcase>'].join('\n');
}

function outcome({ status, message }: Verdict): string[] {
  if (status === 'passed') return [];
  const element = status === 'failed' ? 'failure' : 'error';
  return [`      <${element}${attributes({ message, type: status })}>${escapeXml(message)}</${element}>`];
}

function countVerdicts(verdicts: readonly Verdict[]): Readonly<Record<Verdict['status'], number>> {
  const counts = { passed: 0, failed: 0, blocked: 0 };
  for (const { status } of verdicts) counts[status]++;
  return counts;
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(
      ([name, value]) =>
        ` ${name}="${escapeXml(value).replace(/[\t\n]/g, (space) => `&#${space.charCodeAt(0)};`)}"`,
    )
    .join('');
}

/** XML 1.0 has no way at all to write most control characters, so they become U+FFFD. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
