import { describe, expect, it } from 'vitest';
import { cpuTime } from '../../test/support/cpu-time.ts';
import { findReferences } from './references.ts';
import { resolveReferences, type Scope } from './resolve-references.ts';

function scope(
  values: Record<string, string>,
  steps: Record<string, unknown> = {},
  more: Partial<Scope> = {},
): Scope {
  const outside = { lookUp: async ({ form, name }: { form: string; name: string }) => `<${form} ${name}>` };
  return { values, remembered: new Map(Object.entries(steps)) as Scope['remembered'], outside, ...more };
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
    ['{{ env:ProgramFiles(x86) }}', '<env ProgramFiles(x86)>'],
    ['{{ aws:ssm:/a/b }} {{ aws:ssm:resolve(Port) }}', '<aws:ssm /a/b> <aws:ssm 80>'],
    ['{{ aws:ssm:resolve({{ Port }}) }}', '<aws:ssm 80>'],
    ['{{ aws:ssm:resolve(build.Files.inputs[1].path) }}', '<aws:ssm /b>'],
    ['{{ aws:imds:instance-id }} {{ context:region }}', '<aws:imds instance-id> <context region>'],
    ['{{ secret:token }} {{ sekret:token }}', '<secret token> {{ sekret:token }}'],
    ["$' $& $1 {{ Port }}", "$' $& $1 80"],
  ])('in %j become %j', async (text, expected) => {
    expect(await resolveReferences({ a: [text] }, scope({ Port: '80' }, ran))).toEqual({ a: [expected] });
  });

  it('to an iteration have a value where a loop runs, by its own name too', async () => {
    const iteration = { loop: 'items', index: 2, value: 'c' };
    const text = '{{ loop.index }}{{ loop.value }} {{ items.index }}{{ items.value }} {{ others.value }}';
    expect(await resolveReferences(text, scope({}, {}, { iteration }))).toBe('2c 2c {{ others.value }}');
  });

  it('in the value of a parameter may be of a step, and in what a step left of a parameter', async () => {
    const steps = { 'build.One': { inputs: {}, outputs: [{ stdout: 'port {{ Port }}' }] } };
    const values = { Port: '80', Text: '{{ build.One.outputs.stdout }}' };
    expect(await resolveReferences('{{ Text }}!', scope(values, steps))).toBe('port 80!');
  });

  it('are resolved once: a value that holds its own reference does not grow', async () => {
    expect(await resolveReferences('{{ Loop }}', scope({ Loop: '{{ Loop }}{{ Loop }}' }))).toBe(
      '{{ Loop }}'.repeat(4),
    );
  });

  it('are no way to what every object has', async () => {
    expect(await resolveReferences('{{ constructor }} {{ __proto__ }}', scope({}))).toBe(
      '{{ constructor }} {{ __proto__ }}',
    );
  });

  it('to a step that has not run or to a value it has not left are an error', async () => {
    await expect(resolveReferences('{{ build.Two.outputs.stdout }}', scope({}, ran))).rejects.toThrow(
      /has not run here/,
    );
    await expect(resolveReferences('{{ build.One.outputs[7].stdout }}', scope({}, ran))).rejects.toThrow(
      /left no such value/,
    );
  });

  it('take time in proportion to the text', async () => {
    const text = '{{'.repeat(100_000) + '{{ a'.repeat(50_000) + '{{ a.b.outputs.'.repeat(10_000);
    expect(await cpuTime(() => findReferences(text))).toBeLessThan(1000);
  });
});
