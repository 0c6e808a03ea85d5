import type { Backoff } from '../model/component.ts';
import { nearest } from '../support/nearest.ts';
import type { InputProblem } from './inputs.ts';

const fields = {
  delaySeconds: { fallback: undefined, least: 0 },
  factor: { fallback: 2, least: 1 },
  maxDelaySeconds: { fallback: 300, least: 0 },
} as const;

const example = 'Write `retry: {delaySeconds: 5}`, with `factor` and `maxDelaySeconds` if you like.';

/** Reads the `retry` of a step from plain data; `problems` say what is wrong and where. */
export function readRetry(plain: unknown): {
  readonly value: Backoff | undefined;
  readonly problems: readonly InputProblem[];
} {
  const problems: InputProblem[] = [];
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) {
    problems.push({ path: [], target: 'value', message: '`retry` is a map.', hint: example });
    return { value: undefined, problems };
  }
  const given = plain as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(given)) {
    if (Object.hasOwn(fields, key)) continue;
    const meant = nearest(key, Object.keys(fields));
    const hint = meant ? `Did you mean \`${meant}\`?` : example;
    problems.push({ path: [key], target: 'key', message: `\`${key}\` is not a key of \`retry\`.`, hint });
  }
  if (problems.length > 0) return { value: undefined, problems };
  const read = (key: keyof typeof fields): number => {
    const { fallback, least } = fields[key];
    const value = given[key];
    const text = String(value ?? fallback ?? '');
    if (/^\d{1,6}(\.\d{1,3})?$/.test(text) && Number(text) >= least) return Number(text);
    const path = value === undefined ? [] : [key];
    problems.push({
      path,
      target: 'value',
      message: `\`${key}\` must be a number from ${least}.`,
      hint: example,
    });
    return least;
  };
  const [delaySeconds, factor, maxDelaySeconds] = [
    read('delaySeconds'),
    read('factor'),
    read('maxDelaySeconds'),
  ];
  return { value: problems.length > 0 ? undefined : { delaySeconds, factor, maxDelaySeconds }, problems };
}
