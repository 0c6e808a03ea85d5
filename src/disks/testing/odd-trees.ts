import { noXattrs, type TarEntry } from '../../support/tar/entry.ts';

/** An entry with its content: a text, or so many zeros, or both behind each other. */
export interface Member {
  readonly entry: TarEntry;
  readonly content: readonly (Buffer | number)[];
}

const plain: TarEntry = {
  path: '',
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 0,
  mtime: 1_700_000_000,
  target: '',
  major: 0,
  minor: 0,
  xattrs: noXattrs,
  offset: 0,
  contentAt: 0,
};

export function file(
  path: string,
  content: readonly (Buffer | number)[],
  more: Partial<TarEntry> = {},
): Member {
  const size = content.reduce<number>(
    (sum, piece) => sum + (typeof piece === 'number' ? piece : piece.length),
    0,
  );
  return { entry: { ...plain, ...more, path, size }, content };
}

export function other(path: string, type: TarEntry['type'], more: Partial<TarEntry> = {}): Member {
  return {
    entry: { ...plain, mode: type === 'directory' ? 0o755 : 0o644, ...more, path, type },
    content: [],
  };
}

const folder = (path: string, more: Partial<TarEntry> = {}) => other(path, 'directory', more);
const text = (length: number, seed = 7) => {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = (state >>> 16) & 0xff;
  }
  return bytes;
};
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** An access list as programs see it: owner, user 1000, group, mask, other. */
function acl(permissions: number): Buffer {
  const entries = [
    [1, 7, 0xffffffff],
    [2, permissions, 1000],
    [4, 5, 0xffffffff],
    [8, permissions, 33],
    [16, 7, 0xffffffff],
    [32, 5, 0xffffffff],
  ];
  const bytes = Buffer.alloc(4 + entries.length * 8);
  bytes.writeUInt32LE(2, 0);
  for (const [index, [tag = 0, allowed = 0, id = 0]] of entries.entries()) {
    bytes.writeUInt16LE(tag, 4 + index * 8);
    bytes.writeUInt16LE(allowed, 6 + index * 8);
    bytes.writeUInt32LE(id, 8 + index * 8);
  }
  return bytes;
}

const capability = Buffer.from('0100000200200000000000000000000000000000', 'hex');
const attributes = (...pairs: readonly (readonly [string, Buffer])[]) => ({ xattrs: new Map(pairs) });
const mebibyte = 1024 * 1024;

/** Trees that file systems get wrong, by what is odd about them; parents come before their children, sorted. */
export const oddTrees: Readonly<Record<string, () => Member[]>> = {
  'nothing at all': () => [],
  'one empty file': () => [file('empty', [])],
  'sizes around a block': () =>
    [0, 1, 59, 60, 61, 4095, 4096, 4097, 8192, 12_289].map((size) =>
      file(`s${String(size).padStart(6, '0')}`, [text(size)]),
    ),
  'a file of many pieces': () => [file('sparse', many(1200, (index) => [text(4096, index), 65_536]).flat())],
  'so many pieces that their lists are listed': () => [
    file('sparse', many(3000, (index) => [text(4096, index), 65_536]).flat()),
  ],
  'holes at the start': () => [file('hole', [10 * mebibyte, text(100)])],
  'holes at the end': () => [file('hole', [text(100), 10 * mebibyte])],
  'only a hole': () => [file('hole', [33 * mebibyte])],
  'short runs of zeros': () =>
    many(20, (index) => file(`z${String(index).padStart(2, '0')}`, [text(4096), index * 4096, text(10)])),
  'zeros that do not end with a block': () => [file('odd', [text(10), 200_000, text(10), 70_001])],
  'a file longer than an extent': () => [
    file(
      'long',
      many(140, (index) => text(mebibyte, index)),
    ),
  ],
  'content across the heads of groups': () =>
    many(5, (index) =>
      file(
        `f${index}`,
        many(70, (piece) => text(mebibyte, piece + index)),
      ),
    ),
  'a folder too large for one block': () =>
    many(400, (index) => file(`name-${String(index).padStart(5, '0')}`, [])),
  'a folder with a hundred blocks': () =>
    many(12_000, (index) => file(`a-rather-long-name-${String(index).padStart(6, '0')}`, [])),
  'a folder whose index has two levels': () =>
    many(9000, (index) => file(`${String(index).padStart(6, '0')}${'n'.repeat(240)}`, [])),
  'a folder that just fits into a block': () =>
    many(253, (index) => file(`n${String(index).padStart(5, '0')}xx`, [])),
  'a folder that just does not': () => many(255, (index) => file(`n${String(index).padStart(5, '0')}xx`, [])),
  'many folders in one': () => many(3000, (index) => folder(`d${String(index).padStart(5, '0')}`)),
  'more folders than links can be counted': () =>
    many(65_100, (index) => folder(`d${String(index).padStart(5, '0')}`)),
  'folders in each other, 200 deep': () => many(200, (index) => folder(many(index + 1, () => 'd').join('/'))),
  'a name of 255 bytes': () => [file('n'.repeat(255), [text(3)])],
  'names of one byte': () =>
    many(200, (index) => index + 33)
      .filter((code) => code !== 46 && code !== 47)
      .map((code) => file(String.fromCharCode(code), [])),
  'names that are no text': () => [
    file('\x01\x02', []),
    file('a\nb', []),
    file('\xc3\x28', []),
    file('\xfe\xff', [text(9)]),
  ],
  'names that are no text, in an index': () =>
    many(600, (index) =>
      file(`\xff\x80${String.fromCharCode(128 + (index % 120))}${String(index).padStart(5, '0')}`, []),
    ),
  'names with spaces and quotes': () => [
    file(' ', []),
    file('"', []),
    file("'", []),
    file('\\', []),
    file('a b', []),
  ],
  'names in several scripts': () =>
    ['Grüße', '日本語', '🦕'].map((name) => file(Buffer.from(name).toString('latin1'), [])),
  'names that differ by case alone': () => [file('A', [text(1)]), file('a', [text(2)])],
  'names that continue each other': () => [folder('a'), file('a/x', []), file('a.x', []), file('ab', [])],
  'a path of 4000 bytes': () => many(16, (index) => folder(many(index + 1, () => 'p'.repeat(240)).join('/'))),
  'a short symbolic link': () => [other('l', 'symlink', { target: 'x', mode: 0o777 })],
  'symbolic links around the inode': () =>
    [58, 59, 60, 61].map((length) =>
      other(`l${length}`, 'symlink', { target: 't'.repeat(length), mode: 0o777 }),
    ),
  'a symbolic link of 4095 bytes': () => [other('l', 'symlink', { target: 't'.repeat(4095), mode: 0o777 })],
  'a symbolic link that is no text': () => [other('l', 'symlink', { target: '\xff\xfe/\x01', mode: 0o777 })],
  'a dangling symbolic link with an owner': () => [
    other('l', 'symlink', { target: '/nowhere', uid: 5, gid: 6, mode: 0o777 }),
  ],
  'hard links': () => [
    file('a', [text(5000)]),
    other('b', 'link', { target: 'a' }),
    folder('c'),
    other('c/d', 'link', { target: 'a' }),
  ],
  'hard links to a symbolic link': () => [
    other('a', 'symlink', { target: 'x', mode: 0o777 }),
    other('b', 'link', { target: 'a' }),
  ],
  'a thousand hard links': () => [
    file('a', [text(1)]),
    ...many(1000, (index) => other(`b${String(index).padStart(5, '0')}`, 'link', { target: 'a' })),
  ],
  'hard links among many files': () => [
    ...many(500, (index) => file(`f${String(index).padStart(4, '0')}`, [text(index)])),
    ...many(500, (index) =>
      other(`g${String(index).padStart(4, '0')}`, 'link', { target: `f${String(index).padStart(4, '0')}` }),
    ),
  ],
  devices: () => [
    other('block', 'block', { major: 8, minor: 1 }),
    other('char', 'char', { major: 1, minor: 3, mode: 0o666 }),
  ],
  'devices with large numbers': () => [
    other('block', 'block', { major: 259, minor: 70_000 }),
    other('char', 'char', { major: 4095, minor: 1_048_575 }),
  ],
  pipes: () => [other('p', 'fifo', { mode: 0o600 })],
  'every mode bit': () => many(12, (bit) => file(`m${String(bit).padStart(2, '0')}`, [], { mode: 1 << bit })),
  'no permissions at all': () => [file('secret', [text(4)], { mode: 0 }), folder('shut', { mode: 0 })],
  'folders with setgid and sticky': () => [
    folder('s', { mode: 0o3777 }),
    file('s/f', [text(1)], { mode: 0o6755 }),
  ],
  'large owner numbers': () => [
    file('u', [], { uid: 65_536, gid: 4_294_967_294 }),
    file('v', [], { uid: 100_000, gid: 100_001 }),
  ],
  'times at the edges': () =>
    [0, 1, 2_147_483_647, 2_147_483_648, 4_294_967_295, 4_294_967_296, 10_000_000_000].map((mtime, index) =>
      file(`t${index}`, [], { mtime }),
    ),
  'file capabilities': () => [
    file('ping', [text(100)], { mode: 0o755, ...attributes(['security.capability', capability]) }),
  ],
  'user attributes': () => [
    file(
      'x',
      [text(1)],
      attributes(['user.a', Buffer.from('1')], ['user.bb', Buffer.alloc(0)], ['user.ccc', text(17)]),
    ),
  ],
  'attributes that need a block': () => [
    file('x', [text(1)], attributes(['user.large', text(3000)], ['user.small', Buffer.from('s')])),
  ],
  'attributes that fill the block': () => [
    file('x', [], attributes(['user.l', text(4096 - 32 - 4 - 16 - 4)])),
  ],
  'twenty attributes': () => [
    file('x', [], attributes(...many(20, (index) => [`user.n${index}`, text(index * 5)] as const))),
  ],
  'attributes of a folder': () => [folder('d', attributes(['user.a', text(200)])), file('d/f', [])],
  'an attribute whose name is no text': () => [file('x', [], attributes(['user.\xc3\xa9', text(300)]))],
  'access lists': () => [
    file('f', [text(1)], { mode: 0o675, ...attributes(['system.posix_acl_access', acl(7)]) }),
  ],
  'default access lists': () => [
    folder('d', {
      mode: 0o775,
      ...attributes(['system.posix_acl_access', acl(6)], ['system.posix_acl_default', acl(5)]),
    }),
  ],
  'an access list, a capability and an attribute': () => [
    file('f', [text(1)], {
      mode: 0o775,
      ...attributes(
        ['system.posix_acl_access', acl(7)],
        ['security.capability', capability],
        ['user.a', text(60)],
      ),
    }),
  ],
  'folders that nobody named': () => [file('a/b/c/d', [text(5)])],
  'a root with an owner of its own': () => [
    folder('', { mode: 0o700, uid: 3, gid: 4, mtime: 1_600_000_000, ...attributes(['user.r', text(3)]) }),
    file('f', []),
  ],
  'lost+found in the tree': () => [
    folder('lost+found', { mode: 0o750, gid: 9 }),
    file('lost+found/#12', [text(8)]),
  ],
  'twenty thousand small files': () =>
    many(100, (index) => String(index).padStart(3, '0')).flatMap((name) => [
      folder(name),
      ...many(200, (index) => file(`${name}/${String(index).padStart(4, '0')}`, [text(index)])),
    ]),
};

/** What no tar shows again: too large for it, or told apart by the inode alone. */
export const largeSparseTree = (): Member[] => [
  file('large', [text(5), 4 * 1024 * mebibyte - 10, text(6)]),
  other('null', 'char', { major: 1, minor: 3 }),
  other('null-too', 'link', { target: 'null' }),
];
