import { describe, expect, it } from 'vitest';
import { isAptSource, parseAptSources } from './apt-sources.ts';

const read = (path: string, text: string) => parseAptSources(new Map([[path, text]]));

describe('the archives of a tree', () => {
  it('are read from lines', () => {
    const text = `# a comment
deb http://deb.debian.org/debian/ bookworm main contrib # why
  deb [arch=amd64 signed-by=/x.gpg] https://example.com/apt stable main
deb-src http://deb.debian.org/debian bookworm main
#deb http://gone.example.com x main
deb cdrom:[Debian] bookworm main
deb http://flat.example.com ./
`;
    expect(read('etc/apt/sources.list', text)).toEqual([
      { archive: 'http://deb.debian.org/debian', suite: 'bookworm', components: ['contrib', 'main'] },
      { archive: 'https://example.com/apt', suite: 'stable', components: ['main'] },
    ]);
  });

  it('are read from stanzas', () => {
    const text = `Types: deb deb-src
URIs: http://deb.debian.org/debian
# about the suites
Suites: bookworm
 bookworm-updates
Components: main

Types: deb
Enabled: no
URIs: http://off.example.com
Suites: x
Components: main
`;
    expect(read('etc/apt/sources.list.d/debian.sources', text)).toEqual([
      { archive: 'http://deb.debian.org/debian', suite: 'bookworm', components: ['main'] },
      { archive: 'http://deb.debian.org/debian', suite: 'bookworm-updates', components: ['main'] },
    ]);
  });

  it('are asked for once, with all components', () => {
    const text = 'deb http://a.example.com s main\ndeb http://a.example.com/ s extra\n';
    expect(read('etc/apt/sources.list', text)).toEqual([
      { archive: 'http://a.example.com', suite: 's', components: ['extra', 'main'] },
    ]);
  });

  it.each([
    'deb http://a.example.com ../../etc main',
    'deb http://a.example.com s%2e%2e main',
    'deb file:///etc s main',
    'deb http://a.example.com s ../x',
  ])('do not lead elsewhere: %s', (line) => {
    expect(read('etc/apt/sources.list', line).flatMap(({ components }) => components)).toEqual([]);
  });

  it('stand in the files that apt reads', () => {
    const paths = [
      'etc/apt/sources.list',
      'etc/apt/sources.list.d/a.list',
      'etc/apt/sources.list.d/a.sources',
    ];
    expect(paths.filter(isAptSource)).toEqual(paths);
    expect(
      ['etc/apt/sources.list.d/a.list.bak', 'etc/apt/sources.list.d/x/a.list'].filter(isAptSource),
    ).toEqual([]);
  });
});
