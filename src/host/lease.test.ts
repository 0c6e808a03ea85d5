import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAbandoned, leaseOf, readEntries } from './lease.ts';
import { bootId, pidNamespace, startTime } from './proc.ts';

const boot = bootId().slice(0, 8);
const start = startTime(process.pid);

describe('a lease', () => {
  it('is held while its process lives, and by no other process of the same number', () => {
    const id = (fields: { boot?: string; namespace?: string; pid?: number; start?: string }) =>
      [
        fields.boot ?? boot,
        fields.namespace ?? pidNamespace(),
        fields.pid ?? process.pid,
        fields.start ?? start,
      ].join('-');
    expect(isAbandoned(id({}))).toBe(false);
    expect(isAbandoned(id({ start: '1' }))).toBe(true);
    expect(isAbandoned(id({ pid: 2 ** 22 + 1 }))).toBe(true);
    expect(isAbandoned(id({ boot: '00000000' }))).toBe(true);
    expect(isAbandoned(id({ namespace: '1', start: '1' }))).toBe(false);
  });

  it('remembers what it was told', () => {
    const home = mkdtempSync(join(tmpdir(), 'gild-lease-'));
    const lease = leaseOf(home);
    expect(leaseOf(home)).toBe(lease);
    expect(lease.reserve('a')).not.toBe(lease.reserve('a'));
    const entries = [
      { kind: 'cgroup', path: '/sys/fs/cgroup/gild/x' },
      { kind: 'process', pid: 7, start: '8' },
    ] as const;
    for (const entry of entries) lease.note(entry);
    expect(readEntries(home, lease.id)).toEqual(entries);
    rmSync(home, { recursive: true });
  });
});
