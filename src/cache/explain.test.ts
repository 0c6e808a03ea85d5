import { describe, expect, it } from 'vitest';
import { sha256 } from '../support/canonical.ts';
import { distance, firstDifference } from './explain.ts';

const before = {
  parameters: { port: '80', user: 'www' },
  document: {
    phases: { build: { steps: [{ name: 'Install', inputs: { commands: ['apt-get install -y nginx'] } }] } },
  },
  epoch: 1,
  implementation: { layer: 1 },
  tree: sha256('before'),
};

describe('the first difference of two preimages', () => {
  const cases: readonly (readonly [string, object])[] = [
    ['parameters.port: 80 -> 8080', { ...before, parameters: { port: '8080', user: 'www' } }],
    [
      'parameters.greeting: now hello',
      { ...before, parameters: { ...before.parameters, greeting: 'hello' } },
    ],
    ['parameters.user: no longer www', { ...before, parameters: { port: '80' } }],
    ['what it stands on changed', { ...before, tree: sha256('now') }],
    ['this Gild does layer in another way', { ...before, implementation: { layer: 2 } }],
    [
      'build.Install.inputs.commands.0: apt-get install -y nginx -> apt-get install -y nginx-light',
      {
        ...before,
        document: {
          phases: {
            build: { steps: [{ name: 'Install', inputs: { commands: ['apt-get install -y nginx-light'] } }] },
          },
        },
      },
    ],
  ];
  it.each(cases)('is told as "%s"', (words, now) => {
    expect(firstDifference(before, now as typeof before)).toBe(words);
  });

  it('is what the step itself says before what it stands on', () => {
    expect(firstDifference(before, { ...before, tree: sha256('now'), epoch: 2 })).toBe('epoch: 1 -> 2');
  });

  it('names a file by where it goes', () => {
    const files = (text: string) => ({ files: [{ to: '/etc/motd', digest: sha256(text), mode: 420 }] });
    expect(firstDifference(files('a'), files('b'))).toBe('files /etc/motd: its content changed');
  });

  it('shows of two long texts the part that differs', () => {
    const text = (word: string) => ({ script: `${'echo the same\n'.repeat(40)}echo ${word}\n` });
    expect(firstDifference(text('one'), text('two'))).toBe(
      'script: ...echo the same echo one -> ...echo the same echo two',
    );
  });

  it('is none where nothing differs, in whatever order the fields come', () => {
    expect(firstDifference({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 })).toBeUndefined();
    expect(distance(before, { ...before, epoch: 2, tree: sha256('now') })).toBe(2);
  });
});
