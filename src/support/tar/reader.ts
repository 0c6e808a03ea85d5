import { type EntryType, noXattrs, type TarSink } from './entry.ts';
import { type ArchiveLimits, defaultLimits } from './limits.ts';
import { checksum, readNumber } from './numbers.ts';
import { type PaxRecords, readPax } from './pax.ts';
import { archiveRefusal, cutOffRefusal, refusal } from './refusal.ts';

export interface TarReader {
  /** Hands complete entries and content in `chunk` to the sink. Throws `ARCHIVE_REFUSED`. */
  push(chunk: Buffer): void;
  /** Throws `ARCHIVE_REFUSED` if the archive stops in the middle. */
  end(): void;
}

export interface TarReaderOptions {
  readonly limits?: ArchiveLimits;
  /** A missing end mark is forgiven where a digest vouches for the archive's end. */
  readonly endMark?: 'required' | 'optional';
}

const blockSize = 512;

const types: Readonly<Record<string, EntryType>> = {
  '\0': 'file',
  0: 'file',
  7: 'file',
  1: 'link',
  2: 'symlink',
  3: 'char',
  4: 'block',
  5: 'directory',
  6: 'fifo',
};

/** Reads POSIX (ustar, PAX) and GNU archives as a stream, in memory bounded by the limits. */
export function createTarReader(sink: TarSink, options: TarReaderOptions = {}): TarReader {
  const limits = options.limits ?? defaultLimits;
  const partial = Buffer.alloc(blockSize);
  let partialLength = 0;
  let offset = 0;
  let content = 0;
  let padding = 0;
  let entries = 0;
  let extensions = 0;
  let zeroBlocks = 0;
  let ended = false;
  let reading: 'x' | 'g' | 'L' | 'K' | undefined;
  let payload: Buffer[] = [];
  const globals: PaxRecords = {};
  let extended: PaxRecords | undefined;
  let firstHeaderAt: number | undefined;

  function push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !ended) {
      if (content > 0) {
        const taken = Math.min(content, chunk.length - at);
        const bytes = chunk.subarray(at, at + taken);
        if (reading === undefined) sink.data(bytes);
        else payload.push(Buffer.from(bytes));
        at += taken;
        offset += taken;
        content -= taken;
        if (content === 0 && reading !== undefined) finishPayload();
      } else if (padding > 0) {
        const taken = Math.min(padding, chunk.length - at);
        at += taken;
        offset += taken;
        padding -= taken;
      } else if (partialLength === 0 && chunk.length - at >= blockSize) {
        header(chunk, at);
        at += blockSize;
      } else {
        const taken = Math.min(blockSize - partialLength, chunk.length - at);
        chunk.copy(partial, partialLength, at, at + taken);
        at += taken;
        partialLength += taken;
        if (partialLength === blockSize) {
          partialLength = 0;
          header(partial, 0);
        }
      }
    }
  }

  function end(): void {
    const between = content === 0 && padding === 0 && partialLength === 0 && firstHeaderAt === undefined;
    if (!ended && !(between && options.endMark === 'optional')) {
      throw cutOffRefusal(offset + partialLength);
    }
    sink.end();
  }

  function header(block: Buffer, at: number): void {
    const start = offset;
    offset += blockSize;
    if (block[at] === 0 && isZero(block, at)) {
      if (firstHeaderAt !== undefined) throw archiveRefusal('an extended header belongs to no entry', start);
      zeroBlocks++;
      ended = zeroBlocks === 2;
      return;
    }
    if (zeroBlocks > 0) throw archiveRefusal('an entry follows an end mark', start);
    if (readNumber(block, at + 148, 8) !== checksum(block, at)) {
      throw archiveRefusal('a header has a wrong checksum', start);
    }
    const size = readNumber(block, at + 124, 12);
    const flag = String.fromCharCode(block[at + 156] ?? 0);
    if (flag === 'x' || flag === 'g' || flag === 'L' || flag === 'K') {
      count(++extensions, 'extended headers', start);
      meta(flag, size, start);
    } else {
      count(++entries, 'entries', start);
      member(block, at, { start, flag, size });
    }
  }

  function count(number: number, what: string, start: number): void {
    if (number > limits.entries) throw archiveRefusal(`it has more than ${limits.entries} ${what}`, start);
  }

  function meta(flag: 'x' | 'g' | 'L' | 'K', size: number | undefined, start: number): void {
    if (size === undefined || size < 0) throw archiveRefusal('an extended header has no valid size', start);
    if (size > limits.headerBytes) {
      throw archiveRefusal(`an extended header is larger than ${limits.headerBytes} bytes`, start);
    }
    firstHeaderAt ??= start;
    reading = flag;
    content = size;
    padding = paddingOf(size);
    if (size === 0) finishPayload();
  }

  function finishPayload(): void {
    const bytes = Buffer.concat(payload);
    payload = [];
    const at = firstHeaderAt ?? offset;
    if (reading === 'g') {
      const problem = readPax(bytes, globals);
      if (problem !== undefined) throw archiveRefusal(problem, at);
      if (globals.path !== undefined || globals.target !== undefined || globals.size !== undefined) {
        throw archiveRefusal('a global header names a path, a link or a size', at);
      }
      if (extended === undefined) firstHeaderAt = undefined;
    } else {
      extended ??= {};
      if (reading === 'x') {
        const problem = readPax(bytes, extended);
        if (problem !== undefined) throw archiveRefusal(problem, at);
      } else {
        const text = bytes.toString('latin1', 0, bytes.at(-1) === 0 ? bytes.length - 1 : bytes.length);
        if (reading === 'L') extended.path ??= text;
        else extended.target ??= text;
      }
    }
    reading = undefined;
  }

  function member(
    block: Buffer,
    at: number,
    found: { start: number; flag: string; size: number | undefined },
  ) {
    const pax = extended ?? {};
    const path = pax.path || headerPath(block, at);
    const start = firstHeaderAt ?? found.start;
    extended = undefined;
    firstHeaderAt = undefined;
    const refuse = (why: string) => refusal(path, start, why);
    let type = types[found.flag];
    if (found.flag === 'S') throw refuse('it is a sparse file, which is not supported');
    if (type === undefined) throw refuse(`the type \`${found.flag}\` of entry is not supported`);
    if (type === 'file' && path.endsWith('/')) type = 'directory';
    const size = pax.size ?? found.size;
    const mode = readNumber(block, at + 100, 8);
    const uid = pax.uid ?? globals.uid ?? readNumber(block, at + 108, 8);
    const gid = pax.gid ?? globals.gid ?? readNumber(block, at + 116, 8);
    const mtime = pax.mtime ?? globals.mtime ?? readNumber(block, at + 136, 12);
    const device = type === 'char' || type === 'block';
    const major = device ? readNumber(block, at + 329, 8) : 0;
    const minor = device ? readNumber(block, at + 337, 8) : 0;
    if (size === undefined || mode === undefined || uid === undefined || gid === undefined) {
      throw refuse('a field of its header is no number');
    }
    if (mtime === undefined || major === undefined || minor === undefined) {
      throw refuse('a field of its header is no number');
    }
    if (size < 0 || mode < 0 || uid < 0 || gid < 0) throw refuse('a field of its header is negative');
    if (size > 0 && type !== 'file') throw refuse(`a ${type} has content`);
    if (size > limits.totalBytes) throw refuse(`it is larger than ${limits.totalBytes} bytes`);
    const target = type === 'link' || type === 'symlink' ? pax.target || text(block, at + 157, 100) : '';
    if (path.includes('\0') || target.includes('\0')) throw refuse('its name has a NUL in it');
    content = size;
    padding = paddingOf(size);
    sink.entry({
      path,
      type,
      mode: mode & 0o7777,
      uid,
      gid,
      size,
      mtime,
      target,
      major,
      minor,
      xattrs: pax.xattrs ?? globals.xattrs ?? noXattrs,
      offset: start,
      contentAt: offset,
    });
  }

  return { push, end };
}

function headerPath(block: Buffer, at: number): string {
  const name = text(block, at, 100);
  const posix = block.toString('latin1', at + 257, at + 263) === 'ustar\0';
  const prefix = posix ? text(block, at + 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function text(block: Buffer, at: number, length: number): string {
  let end = at;
  while (end < at + length && block[end] !== 0) end++;
  return block.toString('latin1', at, end);
}

function paddingOf(size: number): number {
  return (blockSize - (size % blockSize)) % blockSize;
}

function isZero(block: Buffer, at: number): boolean {
  for (let index = at; index < at + blockSize; index++) if (block[index] !== 0) return false;
  return true;
}
