import { gzipSync, zstdCompressSync } from 'node:zlib';
import { endMark, gnuLong, pax, type RawEntry, rawEntry, rawTar } from '../../support/tar/testing/raw-tar.ts';

/** `outcome`: what the refusal says, or `harmless` where it may be unpacked. */
export interface HostileArchive {
  readonly name: string;
  readonly bytes: Buffer;
  readonly asRootfs: RegExp | 'harmless';
  readonly asLayer: RegExp | 'harmless';
}

type Outcome = RegExp | 'harmless';

const file = (name: string | Buffer, more: Partial<RawEntry> = {}): RawEntry => ({
  name,
  content: 'hostile\n',
  ...more,
});
const dir = (name: string, more: Partial<RawEntry> = {}): RawEntry => ({
  name,
  type: '5',
  mode: 0o755,
  ...more,
});
const symlink = (name: string, link: string): RawEntry => ({ name, type: '2', link, mode: 0o777 });
const hardlink = (name: string, link: string): RawEntry => ({ name, type: '1', link });

/** `victim` is a folder outside that must stay as it is. */
export function hostileArchives(victim: string): HostileArchive[] {
  const up = '../'.repeat(12);
  const of = (name: string, outcome: Outcome, ...parts: (RawEntry | Buffer)[]): HostileArchive => {
    const members = parts.map((part) => (Buffer.isBuffer(part) ? part : rawEntry(part)));
    return { name, bytes: Buffer.concat([...members, endMark]), asRootfs: outcome, asLayer: outcome };
  };
  const raw = (name: string, outcome: Outcome, bytes: Buffer): HostileArchive => ({
    name,
    bytes,
    asRootfs: outcome,
    asLayer: outcome,
  });
  const layer = (name: string, asLayer: Outcome, ...parts: RawEntry[]): HostileArchive => ({
    ...of(name, /whiteout/, ...parts),
    asLayer,
  });
  return [
    // Paths that lead outside.
    of('dot-dot first', /`\.\.`/, file(`${up}${victim.slice(1)}/a`)),
    of('dot-dot in the middle', /`\.\.`/, file(`x/${up}${victim.slice(1)}/a`)),
    of('dot-dot last', /`\.\.`/, dir('x/..')),
    of('dot-dot alone', /`\.\.`/, dir('..')),
    of('dot-dot behind a dot', /`\.\.`/, file('./../a')),
    of('dot-dot through an absolute path', /`\.\.`/, file(`/${up}a`)),
    of('dot-dot in the prefix field', /`\.\.`/, file('a', { prefix: '../..' })),
    of('dot-dot in a PAX path', /`\.\.`/, pax({ path: `${up}tmp/a` }, file('innocent'))),
    of('dot-dot in a GNU long name', /`\.\.`/, gnuLong('L', `${up}${'x/'.repeat(60)}a`, file('innocent'))),
    of('absolute path', 'harmless', file(`${victim}/a`)),
    of('many slashes', 'harmless', file(`////${victim}//a`)),
    of('dots that are no parents', 'harmless', file('...'), file('..a'), file('a..'), dir('. .')),
    of('backslashes', 'harmless', file('..\\..\\a'), file('C:\\a')),
    of('root as a file', /root/, file('./.')),
    of('root as a symlink', /root/, symlink('.', victim)),
    of('root as a symlink, empty parts', /root/, symlink('././/', victim)),
    of('empty name', /empty/, file('')),
    // Symbolic links.
    of('file through a symlink', /symbolic link/, symlink('x', victim), file('x/a')),
    of('directory through a symlink', /symbolic link/, symlink('x', victim), dir('x/d')),
    of('symlink through a symlink', /symbolic link/, symlink('x', victim), symlink('x/l', '/etc/passwd')),
    of('file through two symlinks', /symbolic link/, symlink('x', victim), symlink('y', 'x'), file('y/a')),
    of(
      'file through a relative symlink',
      /symbolic link/,
      dir('d'),
      symlink('d/x', `${up}${victim.slice(1)}`),
      file('d/x/a'),
    ),
    of('file through a symlink to its own tree', /symbolic link/, dir('d'), symlink('x', 'd'), file('x/a')),
    of('symlink, then a file of its name', 'harmless', symlink('x', `${victim}/a`), file('x')),
    of('symlink, then a directory of its name', /twice/, symlink('x', victim), dir('x'), file('x/a')),
    of('directory, then a symlink of its name', /twice/, dir('x'), symlink('x', victim), file('x/a')),
    of('implied directory, then a symlink', /twice/, file('x/b'), symlink('x', victim), file('x/a')),
    of('symlink to nowhere', /nowhere/, symlink('x', '')),
    of('symlink to itself', 'harmless', symlink('x', 'x')),
    of('symlinks to the host', 'harmless', symlink('a', '/etc/shadow'), symlink('b', `${up}etc/shadow`)),
    of(
      'symlink with a PAX target',
      'harmless',
      pax({ linkpath: `${victim}/${'y'.repeat(300)}` }, symlink('x', 'z')),
    ),
    of(
      'symlink with a target of 64 KiB',
      /too long/,
      pax({ linkpath: 'y'.repeat(65_536) }, symlink('x', 'z')),
    ),
    of(
      'chmod through a symlink',
      'harmless',
      symlink('x', `${victim}/a`),
      hardlink('y', 'x'),
      symlink('y', 'x'),
    ),
    // Hard links.
    of('hard link outside', /`\.\.`/, hardlink('x', `${up}etc/passwd`)),
    of('hard link to an absolute path', /not in the archive/, hardlink('x', `${victim}/a`)),
    of('hard link to something missing', /not in the archive/, hardlink('x', 'y')),
    of('hard link before its file', /not in the archive/, hardlink('x', 'y'), file('y')),
    of('hard link to itself', /itself/, hardlink('x', 'x')),
    of('hard link to itself, twice', /itself/, file('x'), hardlink('x', './x')),
    of('hard link to a directory', /directory/, dir('d'), hardlink('x', 'd')),
    of('hard link to the root', /directory/, hardlink('x', '.')),
    of(
      'hard link to a symlink, then written',
      'harmless',
      symlink('l', `${victim}/a`),
      hardlink('x', 'l'),
      file('x'),
    ),
    of('hard link through a symlink', /not in the archive/, symlink('l', victim), hardlink('x', 'l/a')),
    of('hard link with content', /content/, file('a'), { ...hardlink('x', 'a'), content: 'more' }),
    of('hard link without a target', /empty/, file('a'), hardlink('x', '')),
    of('hard links in a chain', 'harmless', file('a'), hardlink('b', 'a'), hardlink('c', 'b'), file('a')),
    // Kinds that do not belong there.
    of('block device', /device/, { name: 'sda', type: '4', device: [8, 0] }),
    of('character device', /device/, { name: 'mem', type: '3', device: [1, 1] }),
    of('device 0:0, overlayfs for deleted', /device/, { name: 'bin', type: '3', device: [0, 0] }),
    of(
      'devices below dev',
      'harmless',
      dir('dev'),
      { name: 'dev/sda', type: '4', device: [8, 0] },
      { name: 'dev/mem', type: '3', device: [1, 1] },
    ),
    of('named pipe for os-release', 'harmless', { name: 'usr/lib/os-release', type: '6' }),
    of('socket (GNU type)', /type/, { name: 'x', type: 's' }),
    of('sparse of 1 EB', /sparse/, { name: 'x', type: 'S', size: 1 }),
    of(
      'sparse of 1 EB, PAX',
      /sparse/,
      pax({ 'GNU.sparse.major': '1', 'GNU.sparse.realsize': '1152921504606846976' }, file('x')),
    ),
    of('volume header', /type/, { name: 'label', type: 'V' }),
    of('multi-volume part', /type/, { name: 'x', type: 'M' }),
    of('dump directory', /type/, { name: 'x', type: 'D' }),
    of('unknown type', /type/, { name: 'x', type: '!' }),
    of('directory with content', /content/, dir('x', { content: 'hidden entry' })),
    of('symlink with content', /content/, { ...symlink('x', 'y'), content: rawEntry(file('hidden')) }),
    of('setuid and setgid files stay', 'harmless', file('su', { mode: 0o6755 })),
    of('sticky world-writable directory', 'harmless', dir('t', { mode: 0o1777 })),
    of(
      'file without permissions',
      'harmless',
      file('x', { mode: 0 }),
      dir('d', { mode: 0 }),
      file('d/x', { mode: 0 }),
    ),
    // Folders that the runtime mounts over.
    ...['dev', 'proc', 'sys', 'etc'].flatMap((name) => [
      of(`/${name} as a symlink`, /not a directory/, symlink(name, victim)),
      of(`/${name} as a file`, /not a directory/, file(`./${name}`)),
    ]),
    of('/tmp and /run as symlinks', 'harmless', symlink('tmp', victim), symlink('run', victim)),
    of('/etc/passwd as a symlink to the host', 'harmless', dir('etc'), symlink('etc/passwd', '/etc/shadow')),
    // Names.
    of('carriage return and newline', 'harmless', file('a\rb'), file('a\nb'), file('\x1b[2Jx')),
    of('NUL in a PAX path', /NUL/, pax({ path: 'a\0b' }, file('x'))),
    of('NUL in a PAX link', /NUL/, pax({ linkpath: 'a\0b' }, symlink('x', 'y'))),
    of('NUL in a GNU long name', /NUL/, gnuLong('L', 'a\0b', file('x'))),
    of('invalid UTF-8', 'harmless', file(Buffer.from([0xff, 0xfe, 0x2f, 0x80]))),
    of('right-to-left override', 'harmless', file('\u202efdp.sh')),
    of(
      'names that differ in case',
      'harmless',
      file('README'),
      file('readme'),
      dir('D'),
      symlink('d', victim),
    ),
    of(
      'names that differ in normal form',
      'harmless',
      symlink('\u00e9', victim),
      dir('e\u0301'),
      file('e\u0301/a'),
    ),
    of('a name of 64 KiB', /longer than/, pax({ path: 'x'.repeat(65_536) }, file('x'))),
    of('a GNU name of 64 KiB', /longer than/, gnuLong('L', 'x'.repeat(65_536), file('x'))),
    of('a name of 256 bytes', /255/, pax({ path: `d/${'x'.repeat(256)}` }, file('x'))),
    of('a name of 255 bytes', 'harmless', pax({ path: `d/${'x'.repeat(255)}` }, file('x'))),
    of('250 folders in each other', 'harmless', pax({ path: 'd/'.repeat(250) }, dir('x'))),
    of('1900 folders in each other', /deeper than/, pax({ path: 'd/'.repeat(1900) }, dir('x'))),
    of('10000 folders in each other', /longer than/, pax({ path: 'd/'.repeat(10_000) }, dir('x'))),
    of('the same file 100 times', 'harmless', ...Array.from({ length: 100 }, () => file('x'))),
    of('a file where a directory is needed', /leads through a file/, file('x'), file('x/a')),
    of('a file with a slash at its end', /content/, file('x/')),
    // Numbers.
    of('owner beyond the namespace', /belongs to/, file('x', { uid: 100_000 })),
    of('group beyond the namespace', /belongs to/, pax({ gid: '4294967294' }, file('x'))),
    of('negative owner (base-256)', /negative/, file('x', { patch: [[108, Buffer.alloc(8, 0xff)]] })),
    of(
      'size of 8 EB (base-256)',
      /no number|larger/,
      file('x', { size: Buffer.from('800000007fffffffffffffff', 'hex') }),
    ),
    of(
      'size beyond a double',
      /no number/,
      file('x', { size: Buffer.concat([Buffer.from([0x80]), Buffer.alloc(11, 0xff)]) }),
    ),
    of('negative size', /negative|no number/, file('x', { size: Buffer.alloc(12, 0xff) })),
    of('size that is no number', /no number/, file('x', { size: Buffer.from('12x45678901\0') })),
    of('negative PAX size', /no number/, pax({ size: '-1' }, file('x'))),
    of('PAX size in another base', /no number/, pax({ size: '0x10' }, file('x'))),
    of(
      'PAX size that hides an entry',
      'harmless',
      pax({ size: '520' }, file('x', { size: 0, content: rawEntry(file('hidden')).subarray(0, 520) })),
    ),
    of('size beyond the end', /cut off/, file('x', { size: 1_000_000 })),
    of('mtime before 1970', 'harmless', pax({ mtime: '-5000000000.5' }, file('x'))),
    of('mtime in the far future', 'harmless', pax({ mtime: '99999999999' }, file('x'))),
    of('mtime that is no number', /no number/, pax({ mtime: 'NaN' }, file('x'))),
    // Headers.
    of('wrong checksum', /checksum/, file('x', { badChecksum: true })),
    raw('no archive at all', /checksum/, Buffer.alloc(4096, 'hello ')),
    { ...raw('empty input', /cut off/, Buffer.alloc(0)), asLayer: 'harmless' },
    { ...raw('one end block only', /cut off/, Buffer.alloc(512)), asLayer: 'harmless' },
    raw('entry behind a lone end block', /end mark/, Buffer.concat([Buffer.alloc(512), rawTar([file('x')])])),
    of('old (V7) header', 'harmless', file('x', { magic: '\0', type: '\0' })),
    of('extended header without an entry', /no entry/, pax({ path: 'x' })),
    of('two extended headers', 'harmless', pax({ path: 'a' }), pax({ path: 'b' }, file('x'))),
    of('extended header of 2 MiB', /larger than/, pax({ comment: 'x'.repeat(2 * 1024 * 1024) }, file('x'))),
    of('extended header that says 8 GB', /larger than/, { name: 'x', type: 'x', size: 8_000_000_000 }),
    ...[
      '',
      'x',
      '5',
      '5 ',
      '0 a=b\n',
      '-1 a=b\n',
      '9999 a=b\n',
      '6 a=b ',
      '6 ab\n\n',
      '99999999999999999999 a=b\n',
      '06 a=b\n',
    ].map((content) =>
      of(
        `PAX record ${JSON.stringify(content)}`,
        content === '' ? 'harmless' : /record/,
        { name: 'p', type: 'x', content },
        file('x'),
      ),
    ),
    of('global header with a comment', 'harmless', pax({ comment: 'abc' }, file('x'), 'g')),
    of('global header with a path', /global/, pax({ path: '../x' }, file('x'), 'g')),
    of('global header with a size', /global/, pax({ size: '0' }, file('x'), 'g')),
    // Extended attributes.
    of(
      'attributes of overlayfs',
      'harmless',
      pax(
        { 'SCHILY.xattr.user.overlay.opaque': 'y', 'SCHILY.xattr.user.overlay.redirect': '/etc' },
        dir('x'),
      ),
    ),
    of(
      'trusted attributes of overlayfs',
      'harmless',
      pax({ 'SCHILY.xattr.trusted.overlay.redirect': '/etc' }, dir('x')),
    ),
    of(
      'attributes of a security module',
      'harmless',
      pax({ 'SCHILY.xattr.security.selinux': 'x', 'SCHILY.xattr.security.ima': 'y' }, file('x')),
    ),
    of('damaged capability', 'harmless', pax({ 'SCHILY.xattr.security.capability': 'all' }, file('x'))),
    of(
      'attribute without a name',
      'harmless',
      pax({ 'SCHILY.xattr.': 'x', 'SCHILY.xattr.user.': 'x' }, file('x')),
    ),
    of('attribute on a symlink', 'harmless', pax({ 'SCHILY.xattr.user.a': 'x' }, symlink('x', 'y'))),
    // Whiteouts.
    layer('whiteout', 'harmless', file('.wh.x', { content: '' })),
    layer('whiteout of nothing', /nothing/, file('d/.wh.', { content: '' })),
    layer('whiteout of a dot', /nothing/, file('d/.wh..', { content: '' })),
    layer('whiteout of the parent', /nothing/, file('d/.wh...', { content: '' })),
    layer('whiteout of a whiteout', /unknown kind/, file('.wh..wh.x', { content: '' })),
    layer('bookkeeping of aufs', /unknown kind/, dir('.wh..wh.plnk')),
    layer('whiteout as a directory', /no empty file/, dir('.wh.x')),
    layer('whiteout as a symlink', /no empty file/, symlink('.wh.x', victim)),
    layer('whiteout with content', /no empty file/, file('.wh.x')),
    layer('entry below a whiteout', /below a whiteout/, file('.wh.x/a')),
    layer(
      'whiteout through a symlink',
      /symbolic link/,
      symlink('x', victim),
      file('x/.wh.a', { content: '' }),
    ),
    layer(
      'opaque through a symlink',
      /symbolic link/,
      symlink('x', victim),
      file('x/.wh..wh..opq', { content: '' }),
    ),
    layer('opaque root', 'harmless', file('.wh..wh..opq', { content: '' })),
    layer('opaque file', /leads through a file/, file('x'), file('x/.wh..wh..opq', { content: '' })),
    layer('whiteout and file of one name', 'harmless', file('.wh.x', { content: '' }), file('x')),
    layer('directory, then its whiteout', 'harmless', dir('x'), file('x/a'), file('.wh.x', { content: '' })),
    // Compression.
    raw('gzip bomb', /times its size/, bomb(gzipSync)),
    raw('zstd bomb', /times its size/, bomb(zstdCompressSync)),
    raw('damaged gzip', /damaged|cut off/, damaged(gzipSync(rawTar([file('x')])))),
    raw('damaged zstd', /damaged|cut off|checksum/, damaged(zstdCompressSync(rawTar([file('x')])))),
    raw('truncated gzip', /cut off/, gzipSync(rawTar([file('x')])).subarray(0, -6)),
    raw('truncated zstd', /cut off/, zstdCompressSync(rawTar([file('x')])).subarray(0, -6)),
    raw(
      'garbage behind gzip',
      /damaged/,
      Buffer.concat([gzipSync(rawTar([file('x')])), Buffer.from('garbage')]),
    ),
    raw(
      'garbage behind zstd',
      /damaged|cut off/,
      Buffer.concat([zstdCompressSync(rawTar([file('x')])), Buffer.from('garbage')]),
    ),
    raw('zstd in two frames and a skippable one', 'harmless', frames(rawTar([file('x'), file('y')]))),
    raw(
      'gzip in two members',
      'harmless',
      Buffer.concat(halves(rawTar([file('x'), file('y')])).map((half) => gzipSync(half))),
    ),
  ];
}

function bomb(compress: (bytes: Buffer) => Buffer): Buffer {
  const header = rawEntry({ name: 'zeros', size: 100 * 1024 * 1024 });
  return compress(Buffer.concat([header, Buffer.alloc(100 * 1024 * 1024), endMark]));
}

function damaged(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const at = copy.length >> 1;
  copy.fill(0xff, at, at + 8);
  return copy;
}

function halves(bytes: Buffer): Buffer[] {
  return [bytes.subarray(0, 700), bytes.subarray(700)];
}

function frames(bytes: Buffer): Buffer {
  const [first = endMark, second = endMark] = halves(bytes).map((half) => zstdCompressSync(half));
  const skippable = Buffer.from('502a4d180400000061626364', 'hex');
  return Buffer.concat([skippable, first, skippable, second]);
}
