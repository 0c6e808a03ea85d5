import type { FileHandle } from 'node:fs/promises';
import type { TarEntry, TarSink } from '../support/tar/entry.ts';
import { createTarWriter } from '../support/tar/writer.ts';
import { comparePaths } from './paths.ts';

/** What hard links share. */
interface Inode {
  readonly entry: TarEntry;
  firstPath?: string;
}

export interface Collection {
  readonly sink: TarSink;
  /**
   * The entries that `keep` returns, sorted, through `to`; content is read from `spool`, the archive that was
   * collected. Of several names the first keeps the content, and of two entries of one name the last counts.
   */
  write(
    spool: FileHandle,
    keep: (entry: TarEntry) => TarEntry | undefined,
    to: (out: TarSink) => TarSink,
  ): AsyncGenerator<Buffer>;
}

export function createCollection(): Collection {
  const inodes = new Map<string, Inode>();

  async function* write(
    spool: FileHandle,
    keep: (entry: TarEntry) => TarEntry | undefined,
    to: (out: TarSink) => TarSink,
  ): AsyncGenerator<Buffer> {
    const writer = createTarWriter();
    const sink = to(writer);
    const content = createWindow(spool);
    for (const path of [...inodes.keys()].sort(comparePaths)) {
      const inode = inodes.get(path) as Inode;
      const kept = keep(inode.entry.path === path ? inode.entry : { ...inode.entry, path });
      if (kept === undefined) continue;
      if (inode.firstPath !== undefined) {
        sink.entry({ ...kept, type: 'link', size: 0, target: inode.firstPath, xattrs: new Map() });
        continue;
      }
      if (kept.type !== 'directory') inode.firstPath = path;
      sink.entry(kept);
      for (let done = 0; done < kept.size; ) {
        const at = kept.contentAt + done;
        const bytes = content.cached(at, kept.size - done) ?? (await content.load(at, kept.size - done));
        sink.data(bytes);
        done += bytes.length;
        for (const chunk of writer.take()) yield chunk;
      }
      for (const chunk of writer.take()) yield chunk;
    }
    sink.end();
    for (const chunk of writer.take()) yield chunk;
  }

  return {
    write,
    sink: {
      entry(entry) {
        const shared = entry.type === 'link' ? inodes.get(entry.target) : undefined;
        inodes.set(entry.path, shared ?? { entry });
      },
      data() {},
      end() {},
    },
  };
}

const windowSize = 1024 * 1024;

/** Content mostly lies in the order in which it is wanted: one read brings many small files. */
function createWindow(file: FileHandle) {
  const buffer = Buffer.allocUnsafeSlow(windowSize);
  let start = 0;
  let length = 0;
  const cached = (at: number, wanted: number): Buffer | undefined => {
    if (at < start || at >= start + length) return undefined;
    return buffer.subarray(at - start, Math.min(at - start + wanted, length));
  };
  const load = async (at: number, wanted: number): Promise<Buffer> => {
    const { bytesRead } = await file.read(buffer, 0, windowSize, at);
    start = at;
    length = bytesRead;
    const bytes = cached(at, wanted);
    if (bytes === undefined) throw new Error(`the spooled archive ends before byte ${at}`);
    return bytes;
  };
  return { cached, load };
}
