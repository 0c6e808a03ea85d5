/** A member as its bytes say, however wrong. */
export interface RawEntry {
  readonly name: string | Buffer;
  readonly type?: string;
  readonly content?: string | Buffer;
  /** In the header, where it differs from the length of `content`. */
  readonly size?: number | Buffer;
  readonly link?: string | Buffer;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  readonly prefix?: string;
  readonly device?: readonly [number, number];
  readonly magic?: string;
  /** Written over the finished header (checksum included). */
  readonly patch?: readonly (readonly [at: number, bytes: Buffer | string])[];
  readonly badChecksum?: boolean;
}

export function rawTar(entries: readonly RawEntry[], end: Buffer = Buffer.alloc(1024)): Buffer {
  return Buffer.concat([...entries.map(rawEntry), end]);
}

export function rawEntry(entry: RawEntry): Buffer {
  const header = Buffer.alloc(512);
  const content = Buffer.from(entry.content ?? '');
  put(header, 0, entry.name, 100);
  put(header, 100, octal(entry.mode ?? 0o644, 7), 8);
  put(header, 108, octal(entry.uid ?? 0, 7), 8);
  put(header, 116, octal(entry.gid ?? 0, 7), 8);
  const size = entry.size ?? content.length;
  put(header, 124, typeof size === 'number' ? octal(size, 11) : size, 12);
  put(header, 136, octal(entry.mtime ?? 0, 11), 12);
  put(header, 156, entry.type ?? '0', 1);
  put(header, 157, entry.link ?? '', 100);
  put(header, 257, entry.magic ?? 'ustar\x0000', 8);
  put(header, 329, octal(entry.device?.[0] ?? 0, 7), 8);
  put(header, 337, octal(entry.device?.[1] ?? 0, 7), 8);
  put(header, 345, entry.prefix ?? '', 155);
  for (const [at, bytes] of entry.patch ?? []) put(header, at, bytes, 512 - at);
  put(header, 148, '        ', 8);
  const sum = header.reduce((total, byte) => total + byte, entry.badChecksum ? 1 : 0);
  put(header, 148, `${sum.toString(8).padStart(6, '0')}\0 `, 8);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** A PAX header with these records, before `entry`. */
export function pax(
  records: Readonly<Record<string, string | Buffer>>,
  entry?: RawEntry,
  type = 'x',
): Buffer {
  const payload = Buffer.concat(
    Object.entries(records).map(([key, value]) => paxRecord(key, Buffer.from(value))),
  );
  const parts = [rawEntry({ name: 'PaxHeaders/x', type, content: payload })];
  if (entry) parts.push(rawEntry(entry));
  return Buffer.concat(parts);
}

export function gnuLong(type: 'L' | 'K', text: string, entry: RawEntry): Buffer {
  return Buffer.concat([rawEntry({ name: '././@LongLink', type, content: `${text}\0` }), rawEntry(entry)]);
}

export const endMark = Buffer.alloc(1024);

function paxRecord(key: string, value: Buffer): Buffer {
  const rest = key.length + value.length + 3;
  let length = rest + String(rest).length;
  if (rest + String(length).length > length) length++;
  return Buffer.concat([Buffer.from(`${length} ${key}=`), value, Buffer.from('\n')]);
}

function octal(value: number, digits: number): string {
  return `${value.toString(8).padStart(digits, '0')}\0`;
}

function put(header: Buffer, at: number, value: string | Buffer, room: number): void {
  (typeof value === 'string' ? Buffer.from(value, 'latin1') : value).copy(header, at, 0, room);
}
