import { expect, it } from 'vitest';
import { parseDpkgLog } from './dpkg-log.ts';

it('has what was installed, replaced and removed, each once', () => {
  const log = [
    '2026-11-26 22:00:01 startup archives unpack',
    '2026-11-26 22:00:01 install tree:amd64 <none> 2.1.0-1',
    '2026-11-26 22:00:01 status half-installed tree:amd64 2.1.0-1',
    '2026-11-26 22:00:02 upgrade libc6:amd64 2.36-9 2.36-9+deb12u1',
    '2026-11-26 22:00:03 configure tree:amd64 2.1.0-1 <none>',
    '2026-11-26 22:00:04 purge tree:amd64 2.1.0-1 <none>',
    '2026-11-26 22:00:05 install tree:amd64 <none> 2.1.0-1',
    '2026-11-26 22:00:06 install nginx-common:all <none> 1:1.22.1-9',
    '',
  ];
  const found = parseDpkgLog(log.join('\n')).map((item) => Object.values(item).join(' '));
  expect(found).toEqual(['tree 2.1.0-1 amd64', 'libc6 2.36-9+deb12u1 amd64', 'nginx-common 1:1.22.1-9 all']);
  expect(parseDpkgLog('')).toEqual([]);
});
