import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { output, runProcess } from '../../support/process.ts';
import type { TarEntry } from '../../support/tar/entry.ts';
import { createTarReader } from '../../support/tar/reader.ts';
import { file, type Member, other } from '../testing/odd-trees.ts';
import { writeTree } from '../testing/write-tree.ts';

const mebibyte = 1024 ** 2;
const minutes = 60_000;

let scratch: string;
let image: string;
let mounted: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'gild-large-'));
  image = join(scratch, 'image');
  mounted = join(scratch, 'mounted');
  await mkdir(mounted);
});
afterEach(async () => {
  await runProcess(['umount', mounted]);
  await rm(image, { force: true });
});
afterAll(() => rm(scratch, { recursive: true }));

/** Minutes and gigabytes each: only where `GILD_TEST_LARGE` is set. */
describe.runIf(process.env.GILD_TEST_LARGE)('an ext4 file system of a large tree', () => {
  it(
    'holds a million files, entry by entry, in memory of less than a kilobyte for each',
    async () => {
      const { megabytes } = await measured('a million files', () => writeTree(image, millionFiles()));
      expect(megabytes).toBeLessThan(1000);
      await output(['e2fsck', '-fn', image]);
      await output(['mount', '-o', 'loop,ro', image, mounted]);
      await compareMounted(millionFiles());
    },
    30 * minutes,
  );

  it(
    'holds a file of 4 GiB without a hole, in memory that does not grow with it',
    async () => {
      const pieces = Array.from({ length: 7 }, (_, seed) => Buffer.alloc(mebibyte, `piece ${seed};`));
      const content = Array.from({ length: 4100 }, (_, index) => pieces[index % 7] as Buffer);
      const { megabytes } = await measured('4 GiB', () => writeTree(image, [file('large', content)]));
      expect(megabytes).toBeLessThan(200);
      await output(['e2fsck', '-fn', image]);
      await output(['mount', '-o', 'loop,ro', image, mounted]);
      const [put, found] = [createHash('sha256'), createHash('sha256')];
      for (const piece of content) put.update(piece);
      for await (const chunk of createReadStream(join(mounted, 'large'))) found.update(chunk);
      expect(found.digest('hex')).toBe(put.digest('hex'));
    },
    30 * minutes,
  );
});

/** How much more memory the process took at its peak than before. */
async function measured(what: string, job: () => Promise<unknown>): Promise<{ megabytes: number }> {
  const before = process.memoryUsage.rss();
  const started = performance.now();
  await job();
  const megabytes = process.resourceUsage().maxRSS / 1000 - before / 1e6;
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(`${what}: ${seconds.toFixed(1)} s, ${Math.round(megabytes)} MB at the peak\n`);
  return { megabytes };
}

/** A thousand folders of a thousand entries: files with and without content, links of both kinds. */
function* millionFiles(): Generator<Member> {
  const digits = (number: number) => String(number).padStart(3, '0');
  for (let outer = 0; outer < 1000; outer++) {
    const folder = digits(outer);
    yield other(folder, 'directory');
    for (let inner = 0; inner < 1000; inner++) {
      const path = `${folder}/${digits(inner)}`;
      const owner = { uid: inner, gid: outer };
      if (inner % 8 === 1) yield file(path, [Buffer.from(path)], owner);
      else if (inner % 8 === 2) yield other(path, 'symlink', { ...owner, target: path, mode: 0o777 });
      else if (inner % 8 === 3) yield other(path, 'link', { target: `${folder}/${digits(inner - 2)}` });
      else yield file(path, [], owner);
    }
  }
}

/** In the order in which GNU tar reads a folder by name: nothing is kept of what was equal. */
async function compareMounted(members: Iterator<Member>): Promise<void> {
  let content: Buffer[] = [];
  let open: Member | undefined;
  let count = 0;
  const close = () => {
    if (open && !Buffer.concat(content).equals(Buffer.concat(open.content as Buffer[])))
      throw new Error(`the content of ${open.entry.path} is another one`);
    content = [];
    open = undefined;
  };
  const reader = createTarReader({
    entry(entry) {
      close();
      const path = relative(entry.path);
      if (path === '' || path === 'lost+found') return;
      open = members.next().value as Member;
      const put = open.entry;
      const [was, is] =
        entry.type === 'link' ? [linkFacts(put), linkFacts(entry)] : [facts(put), facts(entry)];
      // A million times: the test's own comparison would take longer than the file system.
      if (was !== is) expect(is).toBe(was);
      count++;
    },
    data: (bytes) => void content.push(Buffer.from(bytes)),
    end: close,
  });
  const options = ['--numeric-owner', '--sort=name', '--format=gnu'];
  await runProcess(['tar', '--create', '--file=-', `--directory=${mounted}`, ...options, '.'], {
    readStdout: (stdout) =>
      pipeline(stdout, async (chunks) => {
        for await (const chunk of chunks) reader.push(chunk as Buffer);
      }),
  });
  reader.end();
  expect(count).toBe(1_001_000);
  expect(members.next().done).toBe(true);
}

function facts({ path, type, mode, uid, gid, size, mtime, target }: TarEntry): string {
  return [relative(path), type, mode, uid, gid, size, mtime, target].join('\0');
}

function linkFacts({ path, type, target }: TarEntry): string {
  return [relative(path), type, relative(target)].join('\0');
}

function relative(path: string): string {
  return path.replace(/^\.?\/+|\/+$|^\.$/g, '');
}
