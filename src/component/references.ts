/** What stands between `{{` and `}}`, if it has the form of a reference at all. */
export type Reference =
  | { readonly kind: 'name'; readonly name: string }
  | Chain
  /** Begins like a chain but does not go on like one. */
  | { readonly kind: 'broken-chain'; readonly phase: string; readonly step: string }
  | LoopReference
  | OutsideReference;

/** `loop.index`, `<name of a loop>.value` */
export interface LoopReference {
  readonly kind: 'loop';
  readonly loop: string;
  readonly field: 'index' | 'value';
}

/** A value that comes from neither the document nor its caller. */
export interface OutsideReference {
  readonly kind: 'outside';
  readonly form: OutsideForm;
  /** What stands behind the form's colon. */
  readonly name: string;
  /** `aws:ssm:resolve(...)`: `name` is that of a parameter or constant, or a chain, or the path itself. */
  readonly indirect?: true;
}

export type OutsideForm = 'env' | 'aws:ssm' | 'aws:imds' | 'context' | 'secret';

/** `phase.step.outputs.stdout`, `phase.step.inputs[0].destination` */
export interface Chain {
  readonly kind: 'chain';
  readonly phase: string;
  readonly step: string;
  readonly from: 'inputs' | 'outputs';
  readonly index?: number;
  readonly key: string;
}

export interface FoundReference {
  /** As written, braces included. */
  readonly raw: string;
  readonly reference: Reference;
}

/** All that could be references in a text; everything else in it stays as it is. */
export function findReferences(text: string): FoundReference[] {
  const found: FoundReference[] = [];
  replaceReferences(text, (reference, raw) => {
    found.push({ raw, reference });
    return undefined;
  });
  return found;
}

/** Replaces those references for which `replacement` returns a text. */
export function replaceReferences(
  text: string,
  replacement: (reference: Reference, raw: string) => string | undefined,
): string {
  if (!text.includes('{{')) return text;
  return text.replace(pattern, (raw, inner: string) => {
    const reference = parseReference(inner.trim());
    return (reference && replacement(reference, raw)) ?? raw;
  });
}

export function holdsReference(text: string): boolean {
  return findReferences(text).length > 0;
}

/** Applies a function to every text in plain data. */
export function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, change)]));
  }
  return value;
}

const pattern = /\{\{([^{}\n]*)\}\}/g;
const name = /^[A-Za-z0-9_-]{3,128}$/;
/** `{{ end }}` belongs to a format of Docker or Go, of which scripts are full. */
const goWords = ['end', 'else', 'break', 'continue'];
const chain = /^([\w-]+)\.([\w-]+)\.(inputs|outputs)(?:\[(\d{1,6})\])?\.([\w-]+)$/;
const chainStart = /^([\w-]+)\.([\w-]+)\./;
const loop = /^([\w-]+)\.(index|value)$/;
const outside = /^(env|aws:ssm|aws:imds|context|secret):(.*)$/;
const indirect = /^resolve\((.*)\)$/;

function parseReference(inner: string): Reference | undefined {
  if (goWords.includes(inner)) return undefined;
  if (name.test(inner)) return { kind: 'name', name: inner };
  const linked = chain.exec(inner);
  if (linked) {
    const [, phase = '', step = '', from, index, key = ''] = linked;
    return {
      kind: 'chain',
      phase,
      step,
      from: from === 'inputs' ? 'inputs' : 'outputs',
      ...(index !== undefined && { index: Number(index) }),
      key,
    };
  }
  const [, loopName, field] = loop.exec(inner) ?? [];
  if (loopName) return { kind: 'loop', loop: loopName, field: field === 'index' ? 'index' : 'value' };
  const [, form, rest = ''] = outside.exec(inner) ?? [];
  if (form) return parseOutside(form as OutsideForm, rest.trim());
  const [, phase, step] = chainStart.exec(inner) ?? [];
  return phase && step ? { kind: 'broken-chain', phase, step } : undefined;
}

function parseOutside(form: OutsideForm, name: string): OutsideReference {
  const inside = form === 'aws:ssm' ? indirect.exec(name)?.[1] : undefined;
  if (inside === undefined) return { kind: 'outside', form, name };
  return { kind: 'outside', form, name: inside.trim(), indirect: true };
}

/** The text between the braces of a reference, or inside `resolve(...)`, read as a reference. */
export function referenceIn(text: string): Reference | undefined {
  return parseReference(text.trim());
}
