import { describe, expect, it } from 'vitest';
import { parseApkInstalled, parseDpkgStatus } from '../../support/packages/databases.ts';
import { parseRpmQuery } from './installed.ts';

describe('the dpkg database', () => {
  it('lists what is installed, and not what was removed', () => {
    const status = [
      'Package: adduser\nStatus: install ok installed\nArchitecture: all\nVersion: 3.134\nDescription: add users\n Version: 9 is only text here',
      'Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1.0',
      'Package: half\nStatus: install ok half-installed\nArchitecture: amd64\nVersion: 1.0',
    ].join('\n\n');
    expect(parseDpkgStatus(status)).toEqual([{ name: 'adduser', version: '3.134', architecture: 'all' }]);
  });

  it('takes entries without a status, as distroless images have them', () => {
    expect(parseDpkgStatus('Package: base-files\nVersion: 12.4\nArchitecture: amd64\n')).toHaveLength(1);
  });
});

describe('the other databases', () => {
  it('are read from the text of apk', () => {
    const text = 'C:Q1abc=\nP:musl\nV:1.2.5-r0\nA:x86_64\nS:1\n\nP:zlib\nV:1.3.1-r1\nA:x86_64\nF:lib\n';
    expect(parseApkInstalled(text).map(({ name, version }) => `${name} ${version}`)).toEqual([
      'musl 1.2.5-r0',
      'zlib 1.3.1-r1',
    ]);
  });

  it('are read from what rpm says, without its keys', () => {
    expect(parseRpmQuery('bash\t5.2-1\tx86_64\ngpg-pubkey\t1-2\t(none)\n')).toEqual([
      { name: 'bash', version: '5.2-1', architecture: 'x86_64' },
    ]);
  });
});
