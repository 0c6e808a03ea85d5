/** Replaces each value, and its base64, hex and URL forms, by `***`. */
export function createRedactor(values: readonly string[]): (text: string) => string {
  const forms = [...new Set(values.flatMap(encodings))].sort((a, b) => b.length - a.length);
  if (forms.length === 0) return (text) => text;
  const pattern = new RegExp(
    forms.map((form) => form.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|'),
    'g',
  );
  return (text) => text.replace(pattern, '***');
}

/** The forms under which a value shows up in logs and files; shorter than six characters is noise. */
export function encodings(value: string): string[] {
  const bytes = Buffer.from(value);
  const lines = value.split('\n').filter((line) => line !== value);
  const base64 = [0, 1, 2].map((offset) => base64Inside(bytes, offset));
  const all = [
    value,
    ...lines,
    ...base64,
    bytes.toString('hex'),
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
  ];
  return all.filter((form) => form.length >= 6);
}

/** The characters of base64 that depend on the value alone when `offset` unknown bytes stand before it. */
function base64Inside(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const whole = (offset + bytes.length) % 3 === 0;
  return text.slice(offset === 0 ? 0 : offset + 1, whole ? undefined : -1);
}
