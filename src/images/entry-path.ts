/** A tar entry's path as text without `./` before and `/` behind it; the root is the empty text. */
export function entryPath(path: string): string {
  const text = isAscii.test(path) ? path : Buffer.from(path, 'latin1').toString();
  if (!text.startsWith('.') && !text.startsWith('/') && !text.endsWith('/')) return text;
  return text.replace(/^(?:\.?\/)+|^\.$/, '').replace(/\/+$/, '');
}

const isAscii = /^[\x00-\x7f]*$/;
