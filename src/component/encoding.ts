/** Names of encodings as the language has them; without a suffix UTF-16 and UTF-32 are little-endian. */
const encodings = ['utf8', 'utf16', 'utf16le', 'utf16be', 'utf32', 'utf32le', 'utf32be'] as const;

type Encoding = (typeof encodings)[number];

export function encodingName(value: string): string | undefined {
  return parseEncoding(value)
    ? undefined
    : 'utf-8, utf-16, utf-16-LE, utf-16-BE, utf-32, utf-32-LE or utf-32-BE';
}

export function isUtf8(encoding: string): boolean {
  return parseEncoding(encoding) === 'utf8';
}

export function encode(text: string, encoding: string): Buffer {
  const kind = parseEncoding(encoding) ?? 'utf8';
  if (kind === 'utf8') return Buffer.from(text);
  if (kind.startsWith('utf16')) {
    const bytes = Buffer.from(text, 'utf16le');
    return kind === 'utf16be' ? bytes.swap16() : bytes;
  }
  const bytes = Buffer.alloc([...text].length * 4);
  [...text].forEach((character, index) => {
    bytes.writeUInt32LE(character.codePointAt(0) ?? 0, index * 4);
  });
  return kind === 'utf32be' ? bytes.swap32() : bytes;
}

export function decode(bytes: Buffer, encoding: string): string {
  const kind = parseEncoding(encoding) ?? 'utf8';
  if (kind === 'utf8') return bytes.toString('utf8');
  const width = kind.startsWith('utf16') ? 2 : 4;
  const whole = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % width)));
  if (width === 2) return (kind === 'utf16be' ? whole.swap16() : whole).toString('utf16le');
  const units = kind === 'utf32be' ? whole.swap32() : whole;
  const characters: string[] = [];
  for (let at = 0; at < units.length; at += 4) {
    const point = units.readUInt32LE(at);
    characters.push(point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point));
  }
  return characters.join('');
}

/**
 * The text that bytes are, whichever of the encodings they are in; undefined if none. Only UTF-8 is certain: what holds
 * NUL bytes, as ASCII characters do in the others, is taken for the first of these in which it is text without NUL.
 */
export function detectEncoding(bytes: Buffer): string | undefined {
  for (const kind of ['utf8', 'utf32le', 'utf32be', 'utf16le', 'utf16be'] as const) {
    if (kind !== 'utf8' && !bytes.includes(0)) return undefined;
    const text = decode(bytes, kind);
    if (
      !text.includes('\0') &&
      text.isWellFormed() &&
      hasAscii(text, kind) &&
      encode(text, kind).equals(bytes)
    )
      return text;
  }
  return undefined;
}

/** Without one, four bytes could be one character of UTF-32 as well as two of UTF-16. */
function hasAscii(text: string, kind: Encoding): boolean {
  return kind === 'utf8' || [...text].some((character) => character < '\u0080');
}

function parseEncoding(value: string): Encoding | undefined {
  const plain = value.toLowerCase().replaceAll('-', '');
  return encodings.find((known) => known === plain);
}
