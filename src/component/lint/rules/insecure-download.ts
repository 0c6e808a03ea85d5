import { childOf, plainOf } from '../../node.ts';
import { programOf } from '../program.ts';
import type { LintRule, LintStep, Report } from '../types.ts';

export const insecureDownload: LintRule = {
  name: 'insecure-download',
  summary: 'A download goes over plain http, or does not look at the certificate, and has no checksum.',
  why: 'Anybody on the way can put something else into the image.',
  wrong: `- name: Fetch
  action: ExecuteBash
  inputs:
    commands:
      - curl -k -o /opt/app https://example.com/app
`,
  right: `- name: Fetch
  action: ExecuteBash
  inputs:
    commands:
      - curl -o /opt/app https://example.com/app
`,
  check: ({ steps }, report) => {
    for (const step of steps) {
      if (step.action === 'WebDownload') checkWebDownload(step, report);
      for (const command of step.script?.commands ?? []) {
        const program = programOf(command);
        const careless = program?.args.find(({ text }) => options[program.name]?.test(text));
        if (!careless || !step.script) continue;
        report({
          at: step.script.offsetOf(careless.start),
          message: `\`${careless.text}\` turns the check of the certificate off.`,
          hint: 'Install the certificate authority in the image instead (package ca-certificates).',
        });
      }
    }
  },
};

const options: Readonly<Record<string, RegExp>> = {
  curl: /^(-[a-zA-Z]*k[a-zA-Z]*|--insecure)$/,
  wget: /^--no-check-certificate$/,
  git: /^http\.sslVerify=false$/i,
  pip: /^--trusted-host$/,
  pip3: /^--trusted-host$/,
};

function checkWebDownload({ items }: LintStep, report: Report): void {
  for (const item of items) {
    if (item.kind !== 'map' || childOf(item, 'checksum')) continue;
    const source = childOf(item, 'source');
    const address = source && String(plainOf(source));
    if (!source || !address?.startsWith('http://')) continue;
    report({
      at: source.start,
      message: 'This download goes over plain http and has no checksum.',
      hint: 'Use https, or add `checksum` and `algorithm`.',
    });
  }
}
