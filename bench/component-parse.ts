import assert from 'node:assert/strict';
import { Composer, Parser } from 'yaml';
import { parseDocument } from '../src/component/document.ts';
import type { Bench, Comparison } from './types.ts';

const count = 1000;

export const componentParse: Bench = {
  name: 'component-parse',
  summary: `${count} component documents, all unlike, in this process, against YAML alone`,
  async *compare() {
    const texts = Array.from({ length: count }, (_, index) => documentText(index));
    yield {
      what: `${count} documents, parsed and validated`,
      inside: [
        `ours: text to validated document, ${Math.round(texts.join('').length / count)} characters each, with the check of every reference`,
        'peer: the parser and composer of the package yaml on the same texts, which say only whether it is YAML',
      ],
      ours: { name: 'parseDocument', run: async () => texts.forEach(validate) },
      peer: { name: 'yaml', run: async () => texts.forEach(compose) },
      goal: { seconds: 2 },
      rounds: 5,
    } satisfies Comparison;
  },
};

function validate(text: string): void {
  const { document } = parseDocument(text, { file: 'bench.yaml' });
  assert.equal(document.phases.length, 3);
}

function compose(text: string): void {
  const [document] = [...new Composer().compose(new Parser().parse(text))];
  assert.equal(document?.errors.length, 0);
}

/** As long as published documents are at the median, with what most of them have in them. */
function documentText(index: number): string {
  return `name: component-${index}
description: Installs application number ${index}.
schemaVersion: 1.0
parameters:
  - Version: { type: string, default: 1.${index}.0, description: Which release }
constants:
  - Folder: { type: string, value: /opt/app-${index} }
phases:
  - name: build
    steps:
      - name: Folder
        action: CreateFolder
        inputs:
          - path: '{{ Folder }}'
            permissions: '0755'
      - name: Fetch
        action: WebDownload
        maxAttempts: 3
        inputs:
          - source: https://example.com/app-{{ Version }}.tar.gz
            destination: '{{ Folder }}/app.tar.gz'
      - name: Unpack
        action: ExecuteBash
        onFailure: Abort
        timeoutSeconds: 600
        inputs:
          commands:
            - |
              set -euo pipefail
              cd '{{ Folder }}'
              tar -xzf '{{ build.Fetch.inputs[0].destination }}'
              if [ -f setup.sh ]; then
                bash setup.sh --number ${index}
              fi
            - cat '{{ Folder }}/VERSION'
  - name: validate
    steps:
      - name: Check
        action: ExecuteBash
        inputs:
          commands:
            - test '{{ build.Unpack.outputs.stdout }}' = '{{ Version }}'
  - name: test
    steps:
      - name: Runs
        action: ExecuteBinary
        inputs:
          path: /opt/app-${index}/bin/app
          arguments: [--version]
`;
}
