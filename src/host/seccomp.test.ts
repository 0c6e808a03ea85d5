import { describe, expect, it } from 'vitest';
import { seccompProfile } from './seccomp.ts';

interface Rule {
  readonly names: readonly string[];
  readonly action: string;
  readonly args?: readonly unknown[];
}
const profile = seccompProfile() as { syscalls: readonly Rule[]; defaultErrnoRet: number };
const named = (action: string, conditional: boolean) =>
  profile.syscalls.filter((rule) => rule.action === action && (rule.args !== undefined) === conditional);
const always = named('SCMP_ACT_ALLOW', false).flatMap((rule) => rule.names);
const sometimes = named('SCMP_ACT_ALLOW', true).flatMap((rule) => rule.names);
const refused = named('SCMP_ACT_ERRNO', false).flatMap((rule) => rule.names);

describe('the system call filter', () => {
  it('names each call once, allowed or refused', () => {
    const all = [...always, ...new Set(sometimes), ...refused];
    expect(all.length).toBe(new Set(all).size);
  });

  it('refuses what leads out of a container', () => {
    const dangerous =
      'mount unshare setns keyctl bpf userfaultfd perf_event_open kexec_load init_module io_uring_setup';
    for (const name of dangerous.split(' ')) expect(refused).toContain(name);
  });

  it('lets nobody make namespaces by clone, and does not know clone3', () => {
    expect(sometimes).toContain('clone');
    expect([...always, ...sometimes, ...refused]).not.toContain('clone3');
    expect(profile.defaultErrnoRet).toBe(38);
  });
});
