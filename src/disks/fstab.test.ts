import { expect, it } from 'vitest';
import type { DiskSpec } from '../model/disk.ts';
import { fstab } from './fstab.ts';

const spec: DiskSpec = {
  headroom: 0,
  filesystem: 'ext4',
  partitions: [],
  firmware: ['bios'],
  boot: 'grub',
  secureBoot: false,
  kernelOptions: '',
  keep: [],
};

/** UUIDs are noise here, as is the time that systemd has for every device to appear. */
function shown(changes: Partial<DiskSpec>): string[] {
  return fstab({ ...spec, ...changes }, 'seed')
    .replaceAll(/UUID=[0-9a-f-]{36} /g, '')
    .replaceAll(',x-systemd.device-timeout=5min', '')
    .trim()
    .split('\n');
}

it('mounts the root, then what is in it, outer folders first, then swaps', () => {
  const partition = { filesystem: 'ext4', headroom: 0, options: [] } as const;
  const partitions = [
    { ...partition, mountPoint: '/var/lib' },
    { ...partition, mountPoint: '/var', options: ['nodev', 'nosuid'] },
  ];
  for (const filesystem of ['btrfs', 'xfs'] as const)
    expect(shown({ filesystem })).toEqual([`/ ${filesystem} defaults,x-systemd.growfs 0 0`]);
  expect(shown({ swap: 4096, partitions })).toEqual([
    '/ ext4 defaults,x-systemd.growfs 0 1',
    '/var ext4 defaults,nodev,nosuid 0 2',
    '/var/lib ext4 defaults 0 2',
    'none swap sw 0 0',
  ]);
});

it('lets busy hosts have their time until every device has appeared', () => {
  const partition = { filesystem: 'ext4', headroom: 0, options: [], mountPoint: '/srv' } as const;
  const lines = fstab({ ...spec, swap: 4096, partitions: [partition] }, 'seed')
    .trim()
    .split('\n');
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line).toContain('x-systemd.device-timeout=5min');
});

it('gives every file system an identifier of its own', () => {
  const partition = { filesystem: 'ext4', headroom: 0, options: [] } as const;
  const partitions = ['/home', '/srv'].map((mountPoint) => ({ ...partition, mountPoint }));
  const uuids = fstab({ ...spec, swap: 4096, partitions }, 'seed').match(/UUID=\S+/g);
  expect(new Set(uuids).size).toBe(4);
});
