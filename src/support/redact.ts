/** Replaces secrets by `***`. `cut`: the text went on, so that what begins at its end may be a secret's beginning. */
export type Redact = (text: string, options?: { readonly cut?: boolean }) => string;

/** Replaces each value, and its base64, hex and URL forms, by `***`. */
export function createRedactor(values: readonly string[]): Redact {
  return redactorOf(values.flatMap(encodings));
}

/** One that can be told of further values, each hidden from then on. */
export function createGrowingRedactor(base: Redact): {
  readonly redact: Redact;
  readonly learn: (value: string) => void;
} {
  const forms = new Set<string>();
  let own: Redact = (text) => text;
  return {
    redact: (text, options) => base(own(text, options), options),
    learn: (value) => {
      const before = forms.size;
      for (const form of [...encodings(value), ...(value.length >= shortestLearnt ? [value] : [])])
        forms.add(form);
      if (forms.size > before) own = redactorOf([...forms]);
    },
  };
}

/** Nobody chose these values with logs in mind; of those that are shorter still, a log would be nothing but `***`. */
const shortestLearnt = 4;

function redactorOf(all: readonly string[]): Redact {
  const forms = [...new Set(all)].sort((a, b) => b.length - a.length);
  if (forms.length === 0) return (text) => text;
  const long = forms.filter((form) => form.length > longestInPattern);
  const patterns = patternsOf(forms.slice(long.length));
  return (text, { cut = false } = {}) => {
    const withoutLong = long.reduce((rest, form) => rest.replaceAll(form, '***'), text);
    const redacted = patterns.reduce((rest, pattern) => rest.replace(pattern, '***'), withoutLong);
    return cut ? withoutBeginning(redacted, forms) : redacted;
  };
}

/** Regular expressions have a largest size, which a certificate or a key with its forms can pass. */
const longestInPattern = 4096;

/** In the order of the forms; few of them, each of a size that can be compiled. */
function patternsOf(forms: readonly string[]): readonly RegExp[] {
  const groups: string[][] = [];
  let room = 0;
  for (const form of forms) {
    if (form.length > room) {
      groups.push([]);
      room = 4 * longestInPattern;
    }
    groups.at(-1)?.push(form.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
    room -= form.length;
  }
  return groups.map((group) => new RegExp(group.join('|'), 'g'));
}

/** Takes the longest beginning of a form off the end of a text. */
function withoutBeginning(text: string, forms: readonly string[]): string {
  let keep = text.length;
  for (const form of forms) {
    const head = form.slice(0, Math.min(form.length, shortestLearnt));
    const from = Math.max(0, text.length - form.length);
    for (let at = text.indexOf(head, from); at >= 0 && at < keep; at = text.indexOf(head, at + 1)) {
      if (form.startsWith(text.slice(at))) keep = at;
    }
  }
  return keep === text.length ? text : `${text.slice(0, keep)}***`;
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
