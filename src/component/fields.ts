/** The inputs of an action by name. */
export type Fields = Readonly<Record<string, AnyField>>;

/** How one input is read. */
export interface Field<Value> {
  readonly kind: 'text' | 'texts' | 'flag';
  readonly required: boolean;
  /** Value when the input is absent. */
  readonly fallback: Value;
  /** One line for the component reference. */
  readonly about: string;
  /** What was expected instead, for a text that is not right. */
  readonly check: ((text: string) => string | undefined) | undefined;
}

export type AnyField = Field<string> | Field<string | undefined> | Field<readonly string[]> | Field<boolean>;

export type Item<F extends Fields> = {
  readonly [Name in keyof F]: F[Name] extends Field<infer Value> ? Value : never;
};

type Check = (text: string) => string | undefined;

export function text(about: string, check?: Check): Field<string> {
  return { kind: 'text', required: true, fallback: '', about, check };
}

export function textOr(fallback: string, about: string, check?: Check): Field<string> {
  return { kind: 'text', required: false, fallback, about, check };
}

export function optionalText(about: string, check?: Check): Field<string | undefined> {
  return { kind: 'text', required: false, fallback: undefined, about, check };
}

export function texts(about: string): Field<readonly string[]> {
  return { kind: 'texts', required: true, fallback: [], about, check: undefined };
}

export function optionalTexts(about: string, check?: Check): Field<readonly string[]> {
  return { kind: 'texts', required: false, fallback: [], about, check };
}

export function flag(fallback: boolean, about: string): Field<boolean> {
  return { kind: 'flag', required: false, fallback, about, check: undefined };
}

export function absolutePath(value: string): string | undefined {
  if (/^[A-Za-z]:[\\/]/.test(value)) return 'an absolute path of Linux; this one is of Windows';
  return value.startsWith('/') ? undefined : 'an absolute path';
}

/** `*` may stand in the last part only. */
export function pathPattern(value: string): string | undefined {
  const folder = value.slice(0, value.lastIndexOf('/') + 1);
  return folder.includes('*') ? 'a path with `*` in its last part only' : absolutePath(value);
}

export function permissionBits(value: string): string | undefined {
  return /^(0o)?0?[0-7]{3,4}$/.test(value) ? undefined : 'octal permissions such as `0644`';
}

export function oneOf(...values: readonly string[]): Check {
  const known = values.map((value) => value.toLowerCase());
  return (value) => (known.includes(value.toLowerCase()) ? undefined : `one of ${values.join(', ')}`);
}

export function ownerName(value: string): string | undefined {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/.test(value) ? undefined : 'the name or number of a user or group';
}

export function wholeNumber(value: string): string | undefined {
  return /^\d{1,9}$/.test(value) ? undefined : 'a whole number';
}
