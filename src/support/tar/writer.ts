import type { EntryType, TarEntry, TarSink } from './entry.ts';
import { checksum, writeOctal } from './numbers.ts';
import { type PaxRecords, writePax } from './pax.ts';

export interface TarWriter extends TarSink {
  /** The chunks that are complete by now; the caller owns them. */
  take(): Buffer[];
}

const blockSize = 512;
const chunkSize = 128 * 1024;
const largestOctal11 = 8 ** 11 - 1;
const largestOctal7 = 8 ** 7 - 1;

const flags: Readonly<Record<EntryType, number>> = {
  file: 0x30,
  link: 0x31,
  symlink: 0x32,
  char: 0x33,
  block: 0x34,
  directory: 0x35,
  fifo: 0x36,
};

/**
 * Writes ustar, with a PAX header only where ustar has no room. Equal entries give equal bytes in equal
 * chunks, however their content was cut.
 */
export function createTarWriter(): TarWriter {
  let ready: Buffer[] = [];
  let chunk = Buffer.allocUnsafeSlow(chunkSize);
  let at = 0;
  let missing = 0;
  let padding = 0;

  function put(bytes: Buffer): void {
    for (let from = 0; from < bytes.length; ) {
      if (at === chunkSize) turn();
      const taken = bytes.copy(chunk, at, from, from + chunkSize - at);
      at += taken;
      from += taken;
    }
  }

  function zeros(count: number): void {
    for (let left = count; left > 0; ) {
      if (at === chunkSize) turn();
      const taken = Math.min(left, chunkSize - at);
      chunk.fill(0, at, at + taken);
      at += taken;
      left -= taken;
    }
  }

  function turn(): void {
    ready.push(chunk.subarray(0, at));
    chunk = Buffer.allocUnsafeSlow(chunkSize);
    at = 0;
  }

  function header(fields: Header): void {
    if (at === chunkSize) turn();
    writeHeader(chunk, at, fields);
    at += blockSize;
  }

  return {
    entry(entry) {
      if (missing > 0) throw new Error(`\`${entry.path}\` comes before the content of the entry before it`);
      const fit = fitHeader(entry);
      if (fit.pax !== undefined) {
        const payload = writePax(fit.pax);
        header(paxHeader(payload.length));
        put(payload);
        zeros(paddingOf(payload.length));
      }
      header(fit.header);
      missing = entry.size;
      padding = paddingOf(entry.size);
    },
    data(bytes) {
      put(bytes);
      missing -= bytes.length;
      if (missing < 0) throw new Error('an entry has more content than it said');
      if (missing === 0) zeros(padding);
    },
    end() {
      if (missing > 0) throw new Error('the last entry has less content than it said');
      zeros(2 * blockSize);
      turn();
    },
    take() {
      const taken = ready;
      ready = [];
      return taken;
    },
  };
}

interface Header {
  readonly name: string;
  readonly prefix: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly flag: number;
  readonly target: string;
  readonly major: number;
  readonly minor: number;
}

function fitHeader(entry: TarEntry): { header: Header; pax: PaxRecords | undefined } {
  const path = entry.type === 'directory' ? `${entry.path || '.'}/` : entry.path;
  const split = splitPath(path);
  const pax: PaxRecords = {};
  if (split === undefined) pax.path = path;
  if (entry.target.length > 100) pax.target = entry.target;
  if (entry.size > largestOctal11) pax.size = entry.size;
  if (entry.uid > largestOctal7) pax.uid = entry.uid;
  if (entry.gid > largestOctal7) pax.gid = entry.gid;
  if (entry.xattrs.size > 0) pax.xattrs = new Map(entry.xattrs);
  const header: Header = {
    name: split?.name ?? path.slice(0, 100),
    prefix: split?.prefix ?? '',
    mode: entry.mode,
    uid: pax.uid === undefined ? entry.uid : 0,
    gid: pax.gid === undefined ? entry.gid : 0,
    size: pax.size === undefined ? entry.size : 0,
    mtime: Math.min(Math.max(entry.mtime, 0), largestOctal11),
    flag: flags[entry.type],
    target: entry.target.slice(0, 100),
    major: entry.major,
    minor: entry.minor,
  };
  for (const _ in pax) return { header, pax };
  return { header, pax: undefined };
}

/** ustar holds 155 bytes, a slash, and 100 bytes. */
function splitPath(path: string): { name: string; prefix: string } | undefined {
  if (path.length <= 100) return { name: path, prefix: '' };
  const slash = path.indexOf('/', path.length - 101);
  if (slash <= 0 || slash > 155 || slash === path.length - 1) return undefined;
  return { prefix: path.slice(0, slash), name: path.slice(slash + 1) };
}

function paxHeader(size: number): Header {
  return {
    name: '././@PaxHeader',
    prefix: '',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size,
    mtime: 0,
    flag: 0x78,
    target: '',
    major: 0,
    minor: 0,
  };
}

function writeHeader(block: Buffer, at: number, header: Header): void {
  block.fill(0, at, at + blockSize);
  block.write(header.name, at, 100, 'latin1');
  writeOctal(block, at + 100, 7, header.mode);
  writeOctal(block, at + 108, 7, header.uid);
  writeOctal(block, at + 116, 7, header.gid);
  writeOctal(block, at + 124, 11, header.size);
  writeOctal(block, at + 136, 11, header.mtime);
  block[at + 156] = header.flag;
  if (header.target !== '') block.write(header.target, at + 157, 100, 'latin1');
  block.write('ustar\x0000', at + 257, 8, 'latin1');
  writeOctal(block, at + 329, 7, header.major);
  writeOctal(block, at + 337, 7, header.minor);
  if (header.prefix !== '') block.write(header.prefix, at + 345, 155, 'latin1');
  writeOctal(block, at + 148, 6, checksum(block, at));
  block[at + 155] = 0x20;
}

function paddingOf(size: number): number {
  return (blockSize - (size % blockSize)) % blockSize;
}
