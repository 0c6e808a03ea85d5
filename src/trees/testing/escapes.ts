/**
 * Reads a plain ustar/PAX archive in the simplest way and says what in it could reach outside of the folder
 * in which it is unpacked in order. Written apart from the reader, which it judges.
 */
export function escapes(tar: Buffer): string[] {
  const problems: string[] = [];
  const kinds = new Map<string, string>();
  let long: Record<string, string> = {};
  for (let at = 0; at < tar.length; ) {
    const header = tar.subarray(at, at + 512);
    if (header.every((byte) => byte === 0)) break;
    const size = Number.parseInt(field(header, 124, 12), 8);
    const type = String.fromCharCode(header[156] as number);
    const content = tar.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
    if (type === 'x') {
      long = Object.fromEntries(
        [...content.toString('latin1').matchAll(/\d+ (path|linkpath)=([^\n]*)\n/g)].map((m) => [m[1], m[2]]),
      );
      continue;
    }
    const prefix = field(header, 345, 155);
    const path = (long.path ?? (prefix ? `${prefix}/` : '') + field(header, 0, 100)).replace(/\/$/, '');
    const link = long.linkpath ?? field(header, 157, 100);
    long = {};
    if (path === '.' && type === '5') continue;
    const parts = path.split('/');
    if (parts.some((part) => part === '' || part === '.' || part === '..')) problems.push(`path ${path}`);
    for (let depth = 1; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth).join('/');
      if (kinds.get(parent) !== '5') problems.push(`${path} leads through ${parent}`);
    }
    if (type === '1' && kinds.get(link) !== '0' && kinds.get(link) !== '6')
      problems.push(`${path} links to ${link}`);
    const whiteout = type === '3' && /^0*$/.test(field(header, 329, 8)) && /^0*$/.test(field(header, 337, 8));
    if (!'01256'.includes(type) && !whiteout) problems.push(`${path} has the type ${type}`);
    kinds.set(path, type === '1' ? (kinds.get(link) ?? '') : type);
  }
  return problems;
}

function field(header: Buffer, at: number, length: number): string {
  const bytes = header.subarray(at, at + length);
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end < 0 ? length : end);
}
