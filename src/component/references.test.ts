import { describe, expect, it } from 'vitest';
import { findReferences } from './references.ts';
import { type Memory, resolveReferences } from './resolve-references.ts';

function memory(values: Record<string, string>, steps: Record<string, unknown> = {}): Memory {
  return { values, steps: new Map(Object.entries(steps)) as Memory['steps'] };
}

const ran = {
  'build.One': { inputs: { commands: ['a', 'b'] }, outputs: [{ stdout: 'first\nsecond' }] },
  'build.Files': {
    inputs: [{ path: '/a' }, { path: '/b', overwrite: true }],
    outputs: [{ content: 'x' }, { content: 'y' }],
  },
};

describe('references', () => {
  it('are found with and without spaces, and nothing else is', () => {
    const text = '{{Port}} {{  a.b.outputs.c }} {{ a.b.inputs[1].path }} {{ x }} {{.Y}} {{ a b }} {{ Open';
    expect(findReferences(text).map((found) => found.reference)).toEqual([
      { kind: 'name', name: 'Port' },
      { kind: 'chain', phase: 'a', step: 'b', from: 'outputs', key: 'c' },
      { kind: 'chain', phase: 'a', step: 'b', from: 'inputs', index: 1, key: 'path' },
    ]);
  });

  it.each([
    ['{{ Port }}/{{Port}}', '80/80'],
    ['{{ Unknown }}', '{{ Unknown }}'],
    ['{{ port }}', '{{ port }}'],
    ['{{{ Port }}}', '{80}'],
    ['{{ build.One.outputs.stdout }}', 'first\nsecond'],
    ['{{ build.One.outputs[0].stdout }}', 'first\nsecond'],
    ['{{ build.One.inputs.commands }}', 'a\nb'],
    ['{{ build.Files.inputs[1].path }}', '/b'],
    ['{{ build.Files.inputs.path }}', '/a'],
    ['{{ build.Files.inputs[1].overwrite }}', 'true'],
    ['{{ build.Files.outputs[1].content }}', 'y'],
    ['{{ build.Files.outputs.content }}', 'x\ny'],
    ['{{ loop.index }}', '{{ loop.index }}'],
    ["$' $& $1 {{ Port }}", "$' $& $1 80"],
  ])('in %j become %j', (text, expected) => {
    expect(resolveReferences({ a: [text] }, memory({ Port: '80' }, ran))).toEqual({ a: [expected] });
  });

  it('in the value of a parameter may be of a step, and in what a step left of a parameter', () => {
    const steps = { 'build.One': { inputs: {}, outputs: [{ stdout: 'port {{ Port }}' }] } };
    const values = { Port: '80', Text: '{{ build.One.outputs.stdout }}' };
    expect(resolveReferences('{{ Text }}!', memory(values, steps))).toBe('port 80!');
  });

  it('are resolved once: a value that holds its own reference does not grow', () => {
    expect(resolveReferences('{{ Loop }}', memory({ Loop: '{{ Loop }}{{ Loop }}' }))).toBe(
      '{{ Loop }}'.repeat(4),
    );
  });

  it('are no way to what every object has', () => {
    expect(resolveReferences('{{ constructor }} {{ __proto__ }}', memory({}))).toBe(
      '{{ constructor }} {{ __proto__ }}',
    );
  });

  it('to a step that has not run or to a value it has not left are an error', () => {
    expect(() => resolveReferences('{{ build.Two.outputs.stdout }}', memory({}, ran))).toThrow(
      /has not run here/,
    );
    expect(() => resolveReferences('{{ build.One.outputs[7].stdout }}', memory({}, ran))).toThrow(
      /left no such value/,
    );
  });

  it('take time in proportion to the text', () => {
    const begin = performance.now();
    findReferences('{{'.repeat(100_000) + '{{ a'.repeat(50_000) + '{{ a.b.outputs.'.repeat(10_000));
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});
