import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Machine } from '../platforms/types.ts';
import { createDocumentSource } from './documents.ts';
import { createComponentFinder } from './finder.ts';
import type { LanguageContext } from './language-context.ts';
import type { DocumentResult, StepRecord } from './records.ts';
import { createTestMachines, look, type Ran, runDocument, type TestMachines } from './test-machine.ts';

/** Each document of `test/component-documents`, with what it comes to in the `.txt` beside it. */
const folder = join(import.meta.dirname, '../../test/component-documents');
const documents = createDocumentSource({
  finder: createComponentFinder({ folders: [join(folder, 'none')] }),
});
const stored = new Map([
  ['/app/port', { value: '8080', secret: false }],
  ['/app/key', { value: 'k3y-of-the-app', secret: true }],
]);
const context: LanguageContext = {
  region: 'eu-west-1',
  accountId: '123456789012',
  now: () => new Date(1_700_000_000_000),
  uuid: () => '00000000-0000-4000-8000-000000000000',
  env: { GIVEN: 'given' },
  secrets: new Map([['token', 'n0b0dy-kn0ws']]),
  parameters: { read: async (name) => stored.get(name) },
};

let machines: TestMachines;
let machine: Machine;
beforeAll(async () => {
  machines = await createTestMachines();
  machine = await machines.withBash();
});
afterAll(() => machines.release());

const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
it.each(names.map((name) => [basename(name, '.yaml'), name]))('%s', async (name, fileName) => {
  await look(machine, 'rm -rf /opt /tmp/*; mkdir /opt');
  const file = join(folder, fileName);
  const ran = await runDocument(machine, readFileSync(file, 'utf8'), {
    file,
    context,
    documents,
    env: { IMAGE_PHASE: 'BUILDING' },
    executionId: 'test-execution',
  });
  expect(JSON.stringify(ran)).not.toMatch(/n0b0dy-kn0ws|k3y-of-the-app/);
  await expect(told(ran)).toMatchFileSnapshot(join(folder, `${name}.txt`));
});

function told({ result, log }: Ran): string {
  return [...describeResult(result, ''), '', ...log, ''].join('\n').replaceAll(folder, '');
}

function describeResult(result: DocumentResult, indent: string): string[] {
  return [`${indent}${result.status}`, ...result.steps.flatMap((step) => describeStep(step, `${indent}  `))];
}

function describeStep(step: StepRecord, indent: string): string[] {
  const attempts = step.attempts > 1 ? `, ${step.attempts} attempts` : '';
  const why = step.failure ? `: ${step.failure.message}` : '';
  const iterations = step.loop?.iterations.map(({ index, value, status }) => `${index} ${value} ${status}`);
  return [
    `${indent}${step.phase}/${step.step} ${step.status}${attempts}${why}`,
    ...(iterations ? [`${indent}  iterations: ${iterations.join(', ') || 'none'}`] : []),
    ...(step.failure?.hint ? [`${indent}  hint: ${step.failure.hint}`] : []),
    ...step.documents.flatMap((document) =>
      describeResult(document, `${indent}  ${document.document.name}: `),
    ),
  ];
}
