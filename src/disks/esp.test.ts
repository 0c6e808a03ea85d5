import { describe, expect, it } from 'vitest';
import { impliedDirectory, type TarSink } from '../support/tar/entry.ts';
import { espFolder, espSize, readEspFiles, withoutEsp } from './esp.ts';

const mebibyte = 2 ** 20;

const tree = async (sink: Omit<TarSink, 'end'>) => {
  const contents = { [`${espFolder}/EFI/BOOT/BOOTX64.EFI`]: 'loader', [`${espFolder}ial`]: 'mine', etc: 'x' };
  sink.entry(impliedDirectory(espFolder, 0, 0));
  for (const [path, content] of Object.entries(contents)) {
    sink.entry({ ...impliedDirectory(path, 0, 0), type: 'file', size: content.length });
    sink.data(Buffer.from(content));
  }
};

describe('files for the EFI system partition', () => {
  it('are those of one folder of a layer', async () => {
    const files = await readEspFiles(tree);
    expect([...files].map(([path, content]) => [path, content.toString()])).toEqual([
      ['EFI/BOOT/BOOTX64.EFI', 'loader'],
    ]);
  });

  it('are not on the root file system', async () => {
    const seen: string[] = [];
    const sink: TarSink = {
      entry: ({ path }) => void seen.push(path),
      data: (bytes) => void seen.push(bytes.toString()),
      end: () => void seen.push('end'),
    };
    const out = withoutEsp(sink);
    await tree(out);
    out.end();
    expect(seen).toEqual([`${espFolder}ial`, 'mine', 'etc', 'x', 'end']);
  });

  it('fit into a partition of 64 MiB or of what they need', () => {
    expect(espSize(new Map([['A', Buffer.alloc(1)]]))).toBe(64 * mebibyte);
    expect(espSize(new Map([['A', Buffer.alloc(60 * mebibyte + 1)]]))).toBe(77 * mebibyte);
  });
});
