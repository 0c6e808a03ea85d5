import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checks } from './index.ts';

const bad: readonly [type: string, options: Record<string, unknown>][] = [
  ['command', {}],
  ['command', { run: 'true', exitCode: 256, timeout: 5 }],
  ['file', { path: 'etc/passwd', mode: 420 }],
  ['package', { package: '-x', version: '>> 1' }],
  ['port', { port: 0 }],
  ['http', { url: 'ftp://x/', status: 42 }],
  ['http', { url: 'http://x/', port: 80 }],
  ['user', { user: 'a:b', uid: -1 }],
  ['service', { service: 'a b' }],
  ['reboot', { timeoutSeconds: 0 }],
  ['boot', { after: 1 }],
];

describe('the options of checks', () => {
  it('are refused with a reason each when they are wrong', () => {
    const reasons = bad.map(([type, options]) => {
      const check = checks.find((each) => each.type === type);
      const issues = check?.schema.safeParse(options).error?.issues ?? [];
      return `${type}: ${issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim()).join('; ')}`;
    });
    expect(reasons).toMatchInlineSnapshot(`
      [
        "command: run Invalid input",
        "command: exitCode Too big: expected number to be <=255; Unrecognized key: "timeout"",
        "file: path Invalid string: must start with "/"; mode Invalid input: expected string, received number",
        "package: package the name of a package; version a version, \`1.22.x\`, or \`>= 1.22, < 2\`",
        "port: port Too small: expected number to be >=1",
        "http: url Invalid URL; status Too small: expected number to be >=100",
        "http: url give either \`url\`, or \`port\` and \`path\`",
        "user: user a name without colons and spaces; uid Too small: expected number to be >=0",
        "service: service the name of a systemd unit",
        "reboot: timeoutSeconds Too small: expected number to be >0",
        "boot: Unrecognized key: "after"",
      ]
    `);
  });

  it('are all described, and none takes the name or type of the test itself', () => {
    for (const { type, schema } of checks) {
      const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
      expect(Object.keys(properties)).not.toContain('name');
      expect(Object.keys(properties)).not.toContain('type');
      for (const [name, property] of Object.entries(properties)) {
        expect(`${type}.${name}: ${(property as { description?: string }).description}`).not.toMatch(
          /undefined$/,
        );
      }
    }
  });

  it('stay closed and checked when the recipe adds name and type to them', () => {
    const http = checks.find(({ type }) => type === 'http');
    const extended = http?.schema.extend({ name: z.string(), type: z.literal('http') });
    expect(extended?.safeParse({ name: 'x', type: 'http', url: 'http://x/', port: 80 }).success).toBe(false);
    expect(extended?.safeParse({ name: 'x', type: 'http', colour: 'red' }).success).toBe(false);
  });
});
