import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ParsedDocument, parseDocument } from '../document.ts';
import { createComponentFinder } from '../finder.ts';
import { documentToJson, documentToYaml, plainData } from './write.ts';

const library = join(import.meta.dirname, '../../../components');
const shipped = await createComponentFinder({ folders: [library] }).list();

function read(text: string): { meaning: unknown; written: NonNullable<ParsedDocument['written']> } {
  const { document, written } = parseDocument(text, { file: 'test.yaml' });
  if (!written) throw new Error('no text');
  const { digest: _digest, ...meaning } = document;
  return {
    meaning: JSON.parse(JSON.stringify(meaning, (key, value) => (key === 'at' ? undefined : value))),
    written,
  };
}

describe('documentToJson', () => {
  it.each(shipped)('writes $name $version so that it means the same', async ({ file }) => {
    const { meaning, written } = read(await readFile(file, 'utf8'));
    const json = documentToJson(written);
    expect(() => JSON.parse(json)).not.toThrow();
    expect(read(json).meaning).toEqual(meaning);
  });

  it.each(shipped)('and back to YAML', async ({ file }) => {
    const { meaning, written } = read(await readFile(file, 'utf8'));
    const json = read(documentToJson(written)).written;
    expect(read(documentToYaml(plainData(json.root, json.text))).meaning).toEqual(meaning);
  });

  it('keeps the form of numbers where it matters, and anchors as what they stand for', () => {
    const { written } = read(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: Write
        action: CreateFile
        timeoutSeconds: 60
        inputs: &files
          - { path: /a, content: 1.10, permissions: 0644 }
          - { path: /b, content: '7', overwrite: false }
      - name: Again
        action: CreateFile
        inputs: *files
`);
    const step = {
      timeoutSeconds: 60,
      inputs: [
        { content: '1.10', permissions: '0644' },
        { content: '7', overwrite: false },
      ],
    };
    expect(JSON.parse(documentToJson(written))).toMatchObject({
      schemaVersion: '1.0',
      phases: [{ steps: [step, { inputs: step.inputs }] }],
    });
  });
});
