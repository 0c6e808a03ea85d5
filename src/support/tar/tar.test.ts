import { describe, expect, it } from 'vitest';
import { noXattrs, type TarEntry, type TarSink } from './entry.ts';
import { defaultLimits } from './limits.ts';
import { createTarReader } from './reader.ts';
import { gnuLong, pax, rawEntry, rawTar } from './testing/raw-tar.ts';
import { createTarWriter } from './writer.ts';

interface Member {
  readonly entry: TarEntry;
  content: string;
}

function read(tar: Buffer, pieces = tar.length): Member[] {
  const members: Member[] = [];
  const sink: TarSink = {
    entry: (entry) => void members.push({ entry, content: '' }),
    data(bytes) {
      const last = members.at(-1);
      if (last) last.content += bytes.toString('latin1');
    },
    end() {},
  };
  const reader = createTarReader(sink);
  for (let at = 0; at < tar.length; at += pieces) reader.push(tar.subarray(at, at + pieces));
  reader.end();
  return members;
}

function write(
  members: readonly { entry: Partial<TarEntry> & { path: string }; content?: string }[],
): Buffer {
  const writer = createTarWriter();
  for (const { entry, content = '' } of members) {
    writer.entry({ ...plain, size: content.length, ...entry });
    if (content) writer.data(Buffer.from(content, 'latin1'));
  }
  writer.end();
  return Buffer.concat(writer.take());
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

const odd = [
  { entry: { path: 'a' }, content: 'hello' },
  { entry: { path: 'd', type: 'directory', mode: 0o1777, uid: 1000, gid: 65_534 } },
  { entry: { path: 'l', type: 'symlink', target: '../a', mode: 0o777 } },
  { entry: { path: 'h', type: 'link', target: 'a' } },
  { entry: { path: 'p', type: 'fifo' } },
  { entry: { path: 'w', type: 'char', mode: 0 } },
  { entry: { path: `${'x'.repeat(150)}/${'y'.repeat(99)}` }, content: 'prefix' },
  { entry: { path: `${'x'.repeat(200)}/${'y'.repeat(200)}` }, content: 'pax' },
  { entry: { path: `${'d/'.repeat(120)}e`, type: 'directory' } },
  { entry: { path: 'long', type: 'symlink', target: 't'.repeat(101) } },
  { entry: { path: '\xff\xfe', uid: 3_000_000, gid: 4_000_000_000 }, content: '\x00\xff' },
  {
    entry: {
      path: 'x',
      xattrs: new Map([
        ['user.b', Buffer.from('2=\n')],
        ['user.a', Buffer.from([0, 255])],
      ]),
    },
  },
] as const;

describe('the tar writer and reader', () => {
  it('agree on everything that a tree can hold', () => {
    const members = read(write(odd));
    expect(members).toHaveLength(odd.length);
    for (const [index, { entry, content }] of members.entries()) {
      const wanted = odd[index];
      const path = entry.type === 'directory' ? `${wanted?.entry.path}/` : wanted?.entry.path;
      expect(entry).toMatchObject({ ...wanted?.entry, path });
      expect(content).toBe(wanted && 'content' in wanted ? wanted.content : '');
    }
  });

  it('count what extends an entry apart from the entries', () => {
    const limits = { ...defaultLimits, entries: 2 };
    const long = ['a', 'b', 'c'].map((letter) => ({ entry: { path: letter.repeat(200) } }));
    const push = (members: typeof long) => {
      const sink = { entry: () => undefined, data: () => undefined, end: () => undefined };
      createTarReader(sink, { limits }).push(write(members));
    };
    push(long.slice(1));
    expect(() => push(long)).toThrow('more than 2 extended headers');
  });

  it('do not care how the archive was cut', () => {
    const tar = write(odd);
    const whole = read(tar);
    for (const pieces of [1, 7, 511, 512, 513, 4096]) expect(read(tar, pieces)).toEqual(whole);
  });

  it('give the same chunks however content came', () => {
    const chunks = [1, 1000, 400_000].map((piece) => {
      const writer = createTarWriter();
      const content = Buffer.alloc(400_000, 'gild');
      writer.entry({ ...plain, path: 'big', size: content.length });
      for (let at = 0; at < content.length; at += piece) writer.data(content.subarray(at, at + piece));
      writer.end();
      return writer.take();
    });
    expect(chunks[1]).toEqual(chunks[0]);
    expect(chunks[2]).toEqual(chunks[0]);
  });

  it('write no extended header where none is needed', () => {
    expect(write([{ entry: { path: 'a' }, content: 'hello' }])).toHaveLength(512 + 512 + 1024);
    expect(write([{ entry: { path: `${'x'.repeat(150)}/${'y'.repeat(99)}` } }])).toHaveLength(512 + 1024);
  });

  it('put attributes into one order', () => {
    const a = new Map([
      ['user.a', Buffer.from('1')],
      ['user.b', Buffer.from('2')],
    ]);
    const b = new Map([...a].reverse());
    expect(write([{ entry: { path: 'x', xattrs: a } }])).toEqual(
      write([{ entry: { path: 'x', xattrs: b } }]),
    );
  });
});

describe('the tar reader', () => {
  it('understands GNU long names and links', () => {
    const name = 'n'.repeat(300);
    const [member] = read(Buffer.concat([gnuLong('L', name, { name: 'x' }), rawTar([])]));
    expect(member?.entry.path).toBe(name);
    const [link] = read(Buffer.concat([gnuLong('K', name, { name: 'x', type: '2', link: 'y' }), rawTar([])]));
    expect(link?.entry).toMatchObject({ path: 'x', target: name });
  });

  it('understands base-256 numbers', () => {
    const uid = Buffer.from('8000000000989680', 'hex');
    const [member] = read(rawTar([{ name: 'x', patch: [[108, uid]] }]));
    expect(member?.entry.uid).toBe(10_000_000);
  });

  it('rounds times down and takes the extended header over the plain one', () => {
    const tar = Buffer.concat([
      pax({ mtime: '12.999', uid: '7', path: 'y' }, { name: 'x', mtime: 5 }),
      rawTar([]),
    ]);
    expect(read(tar)[0]?.entry).toMatchObject({ mtime: 12, uid: 7, path: 'y' });
  });

  it('applies a global header until another comes', () => {
    const tar = Buffer.concat([
      pax({ uid: '5', comment: 'c' }, { name: 'x' }, 'g'),
      rawEntry({ name: 'y' }),
      rawTar([]),
    ]);
    expect(read(tar).map(({ entry }) => entry.uid)).toEqual([5, 5]);
  });

  it('says where an entry starts, its extended header counted in', () => {
    const tar = Buffer.concat([
      rawEntry({ name: 'a', content: 'x' }),
      pax({ path: 'b' }, { name: 'c', content: 'y' }),
      rawTar([]),
    ]);
    expect(read(tar)[1]?.entry).toMatchObject({ offset: 1024, contentAt: 1024 + 512 + 512 + 512 });
  });
});
