import type { FileHandle } from 'node:fs/promises';
import { GildError } from '../../support/errors.ts';
import { createTarReader } from '../../support/tar/reader.ts';

/** Where a file's content is within an uncompressed tar. */
export interface Extent {
  readonly start: number;
  readonly size: number;
}

/** Finds files of a tar by name, through links within it; names are nothing but keys. Throws `ARCHIVE_REFUSED`. */
export async function indexArchive(
  file: FileHandle,
  signal: AbortSignal | undefined,
): Promise<(name: string) => Extent | undefined> {
  const extents = new Map<string, Extent>();
  const links = new Map<string, string>();
  let entries = 0;
  const reader = createTarReader({
    entry: ({ path, type, target, size, contentAt }) => {
      if (++entries > mostEntries) throw refused(`it has more than ${mostEntries} entries`);
      const name = normal(path);
      if (extents.has(name) || links.has(name))
        throw refused(`two entries have the name ${JSON.stringify(name)}`);
      if (type === 'file') extents.set(name, { start: contentAt, size });
      if (type === 'link') links.set(name, normal(target));
      if (type === 'symlink') links.set(name, normal(`${name.replace(/[^/]*$/, '')}${target}`));
    },
    data: () => undefined,
    end: () => undefined,
  });
  const stream = file.createReadStream({ start: 0, autoClose: false, highWaterMark: 1024 * 1024 });
  for await (const chunk of stream) {
    signal?.throwIfAborted();
    reader.push(chunk as Buffer);
  }
  reader.end();
  return (name) => extents.get(follow(normal(name), links));
}

/** An image has a few files per layer. */
const mostEntries = 10_000;

function follow(name: string, links: ReadonlyMap<string, string>): string {
  let current = name;
  for (let hops = 0; hops < 8; hops++) current = links.get(current) ?? current;
  return current;
}

function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function refused(why: string): GildError {
  return new GildError({ code: 'ARCHIVE_REFUSED', message: `The archive is refused: ${why}.` });
}
