import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { runProcess } from '../../support/process.ts';
import { impliedDirectory, type TarEntry, type TarSink } from '../../support/tar/entry.ts';
import { createTarReader } from '../../support/tar/reader.ts';
import type { Member } from './odd-trees.ts';
import { testOptions } from './write-tree.ts';

/** What must be equal: all of an entry but where it stood in an archive, and its content by digest. */
type Found = Map<string, unknown>;

/** What is to be found of a tree; `made`: folders that are there in any case. */
export function expectedTree(members: readonly Member[], made: readonly string[]): Found {
  const collector = createCollector();
  for (const path of made) {
    collector.sink.entry({
      ...impliedDirectory(path, testOptions.epoch, 0),
      mode: path === '' ? 0o755 : 0o700,
    });
  }
  const named = new Set(members.map(({ entry }) => entry.path));
  for (const { entry, content } of members) {
    const parts = entry.path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth).join('/');
      if (!named.has(parent)) collector.sink.entry(impliedDirectory(parent, testOptions.epoch, 0));
    }
    collector.sink.entry(entry);
    for (const piece of content) collector.sink.data(typeof piece === 'number' ? Buffer.alloc(piece) : piece);
  }
  return collector.found();
}

/** What the kernel shows of a mounted file system. */
export async function readMounted(mounted: string): Promise<Found> {
  const { sink, found } = createCollector();
  const reader = createTarReader(sink);
  const attributes = ['--xattrs', '--xattrs-include=*', '--numeric-owner', '--sort=name', '--format=posix'];
  const { exitCode } = await runProcess(
    ['tar', '--create', '--file=-', `--directory=${mounted}`, ...attributes, '.'],
    {
      readStdout: (stdout) =>
        pipeline(stdout, async (chunks) => {
          for await (const chunk of chunks) reader.push(chunk as Buffer);
        }),
    },
  );
  if (exitCode !== 0) throw new Error(`tar ended with ${exitCode}`);
  return found();
}

function createCollector(): { sink: TarSink; found: () => Found } {
  const entries = new Map<string, TarEntry>();
  const digests = new Map<string, ReturnType<typeof createHash>>();
  let current = '';
  return {
    sink: {
      entry(entry) {
        current = relative(entry.path);
        const target = entry.type === 'link' ? relative(entry.target) : entry.target;
        entries.set(current, { ...entry, path: current, target });
        digests.set(current, createHash('sha256'));
      },
      data: (bytes) => void digests.get(current)?.update(bytes),
      end: () => undefined,
    },
    found: () => {
      const all: Found = new Map();
      for (const [path, entry] of entries) {
        const { offset, contentAt, ...kept } = entry;
        const first = entry.type === 'link' ? entries.get(entry.target) : undefined;
        const shared = first && {
          mode: first.mode,
          uid: first.uid,
          gid: first.gid,
          mtime: first.mtime,
          xattrs: [],
        };
        const xattrs = [...entry.xattrs].sort(([a], [b]) => (a < b ? -1 : 1));
        all.set(path, { ...kept, xattrs, ...shared, content: digests.get(path)?.digest('hex') });
      }
      return all;
    },
  };
}

function relative(path: string): string {
  return path.replace(/^\.?\/+|\/+$|^\.$/g, '');
}
