import { expect, it } from 'vitest';
import { GildError } from '../support/errors.ts';
import { type ParsedDocument, parseDocument } from './document.ts';
import type { DocumentSource } from './documents.ts';
import { outsideReferences, reachOf } from './outside-references.ts';

function parsed(steps: string, name = 'test'): ParsedDocument {
  const text = `schemaVersion: 1.0
description: ${name}
parameters: [{Path: {type: string, default: /app/port}}]
phases:
  - name: build
    steps:
${steps}`;
  return parseDocument(text, { file: `/x/${name}.yaml`, name });
}

function source(documents: Record<string, ParsedDocument>): Pick<DocumentSource, 'readOnHost'> {
  return {
    readOnHost: (reference) => {
      if (reference.startsWith('s3:') || reference.startsWith('/')) return undefined;
      const found = documents[reference];
      if (found) return Promise.resolve(found);
      return Promise.reject(new GildError({ code: 'COMPONENT_NOT_FOUND', message: 'no' }));
    },
  };
}

const run = (name: string, reference: string) =>
  `      - {name: ${name}, action: ExecuteDocument, inputs: {document: '${reference}'}}\n`;
const say = (name: string, text: string) =>
  `      - {name: ${name}, action: ExecuteBash, inputs: {commands: ['${text}']}}\n`;

it('are what neither document, parameters nor machine decide, each once', () => {
  const { document } = parsed(
    say(
      'One',
      '{{ context:date }} {{ context:phase }} {{ env:HOME }} {{ context:date }} {{ secret:token }}',
    ) +
      say(
        'Two',
        '{{ aws:ssm:resolve(Path) }} {{ aws:ssm:resolve({{ Path }}) }} {{ aws:ssm:resolve(build.One.outputs.stdout) }}',
      ) +
      run('Three', 'other@1.x.x') +
      run('Four', '/tmp/in-the-machine.yaml') +
      `      - {name: Five, action: Reboot, if: {stringEquals: x, value: '{{ context:region }}'}, loop: {forEach: ['{{ aws:imds:instance-id }}']}}\n`,
  );
  expect(outsideReferences(document, { Path: '/other' }).map(({ form, name }) => `${form} ${name}`)).toEqual([
    'context date',
    'secret token',
    'aws:ssm /other',
    'aws:ssm {{ build.One.outputs.stdout }}',
    'document other@1.x.x',
    'context region',
    'aws:imds instance-id',
  ]);
});

it('of a parameter are those of its value', () => {
  const { document } = parsed(say('One', '{{ Path }}'));
  expect(outsideReferences(document, { Path: '{{ context:uuid }}' })).toEqual([
    { form: 'context', name: 'uuid' },
  ]);
});

it('reach through documents that are run, also where those run one another', async () => {
  const second = parsed(`${run('Back', 'first')}${say('One', '{{ context:date }}')}`, 'second');
  const first = parsed(run('Once', 'second') + run('Again', 'second'), 'first');
  const reach = await reachOf(first.document, {}, source({ first, second }));
  expect(reach.nested.map(({ name }) => name)).toEqual(['second']);
  expect(reach.varies).toEqual(['context:date']);
});

it('make two runs differ where only the run can tell which document it is, or where none can be read now', async () => {
  const { document } = parsed(
    run('One', '{{ Path }}') +
      run('Two', 's3://bucket/a.yaml') +
      run('Three', 'nowhere') +
      say('Four', '{{ secret:token }}'),
  );
  expect(await reachOf(document, {}, source({}))).toEqual({
    nested: [],
    varies: ['the document nowhere', 'the document s3://bucket/a.yaml'],
  });
  const open = parsed(say('Zero', 'echo') + run('One', '{{ build.Zero.outputs.stdout }}'));
  expect((await reachOf(open.document, {}, source({}))).varies).toEqual([
    'the document {{ build.Zero.outputs.stdout }}',
  ]);
});
