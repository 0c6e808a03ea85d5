import { describe, expect, it } from 'vitest';
import { presetRule } from './systemd-presets.ts';

describe('a preset file', () => {
  it('decides by the first rule that names the unit', () => {
    const text = '# ssh\nenable ssh.service\ndisable ssh*\nenable getty@.service\ndisable *\n';
    expect(presetRule(text, 'ssh.service')).toBe(true);
    expect(presetRule(text, 'sshd.socket')).toBe(false);
    expect(presetRule('enable a?c.service', 'abc.service')).toBe(true);
    expect(presetRule('enable other.service', 'ssh.service')).toBeUndefined();
  });

  it('cannot be written so that matching takes for ever', () => {
    expect(presetRule(`enable ${'*a'.repeat(5000)}b`, `${'a'.repeat(250)}.service`)).toBeUndefined();
  });
});
