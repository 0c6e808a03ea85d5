/** What an extended header says about the entry behind it. */
export interface PaxRecords {
  path?: string;
  target?: string;
  size?: number;
  uid?: number;
  gid?: number;
  mtime?: number;
  xattrs?: Map<string, Buffer>;
}

const xattrPrefix = 'SCHILY.xattr.';

/** Reads `length key=value\n` records into `records`; returns what is wrong, if anything is. */
export function readPax(payload: Buffer, records: PaxRecords): string | undefined {
  let at = 0;
  while (at < payload.length) {
    const space = payload.indexOf(0x20, at);
    if (space < 0 || space - at > 8) return 'an extended header has a record without a length';
    const digits = payload.toString('latin1', at, space);
    const end = at + Number(digits);
    if (!/^[1-9][0-9]*$/.test(digits) || end > payload.length || payload[end - 1] !== 0x0a) {
      return 'an extended header has a record of a wrong length';
    }
    const equals = payload.indexOf(0x3d, space);
    if (equals < 0 || equals >= end) return 'an extended header has a record without `=`';
    const key = payload.toString('latin1', space + 1, equals);
    const problem = readRecord(key, payload.subarray(equals + 1, end - 1), records);
    if (problem !== undefined) return problem;
    at = end;
  }
  return undefined;
}

function readRecord(key: string, bytes: Buffer, records: PaxRecords): string | undefined {
  switch (key) {
    case 'path':
      records.path = bytes.toString('latin1');
      return undefined;
    case 'linkpath':
      records.target = bytes.toString('latin1');
      return undefined;
    case 'size':
    case 'uid':
    case 'gid': {
      const text = bytes.toString('latin1');
      if (!/^[0-9]{1,15}$/.test(text)) return `an extended header has \`${key}\` that is no number`;
      records[key] = Number(text);
      return undefined;
    }
    case 'mtime': {
      const text = bytes.toString('latin1');
      if (!/^-?[0-9]{1,12}(\.[0-9]*)?$/.test(text)) return 'an extended header has `mtime` that is no number';
      records.mtime = Math.floor(Number(text));
      return undefined;
    }
    default:
      if (key.startsWith(xattrPrefix)) {
        records.xattrs ??= new Map();
        records.xattrs.set(key.slice(xattrPrefix.length), Buffer.from(bytes));
      } else if (key.startsWith('GNU.sparse.') || key.startsWith('SCHILY.realsize')) {
        return 'it is a sparse file, which is not supported';
      }
      return undefined;
  }
}

/** The payload for `records`, in a fixed order. */
export function writePax(records: PaxRecords): Buffer {
  const parts: Buffer[] = [];
  if (records.path !== undefined) parts.push(record('path', Buffer.from(records.path, 'latin1')));
  if (records.target !== undefined) parts.push(record('linkpath', Buffer.from(records.target, 'latin1')));
  for (const key of ['size', 'uid', 'gid'] as const) {
    const value = records[key];
    if (value !== undefined) parts.push(record(key, Buffer.from(String(value))));
  }
  for (const [name, value] of [...(records.xattrs ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))) {
    parts.push(record(xattrPrefix + name, value));
  }
  return Buffer.concat(parts);
}

/** A record's length counts its own digits. */
function record(key: string, value: Buffer): Buffer {
  const rest = key.length + value.length + 3;
  let length = rest + String(rest).length;
  if (rest + String(length).length > length) length++;
  return Buffer.concat([Buffer.from(`${length} ${key}=`, 'latin1'), value, Buffer.from('\n')]);
}
