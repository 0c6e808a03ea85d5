import { expect, it } from 'vitest';
import { output } from '../process.ts';
import { tarEnd, tarHeader, tarPadding } from './plain-file.ts';

it('writes entries that GNU tar reads back', async () => {
  const content = Buffer.from('hello');
  const archive = Buffer.concat([
    tarHeader({ name: 'manifest.json', size: content.length, mtime: 1_700_000_000 }),
    content,
    tarPadding(content.length),
    tarEnd,
  ]);
  const listing = await output(['tar', '--numeric-owner', '--utc', '--full-time', '-tv'], { stdin: archive });
  expect(listing).toMatchInlineSnapshot(`
    "-rw-r--r-- 0/0               5 2023-11-14 22:13:20 manifest.json
    "
  `);
});

it('writes sizes beyond what octal digits can say', async () => {
  const size = 9 * 1024 ** 3;
  const header = tarHeader({ name: 'big', size, mtime: 0 });
  const script =
    'import sys, tarfile; print(tarfile.TarInfo.frombuf(sys.stdin.buffer.read(), "utf-8", "strict").size)';
  expect(await output(['python3', '-c', script], { stdin: header })).toBe(`${size}\n`);
});
