import { GildError } from '../../support/errors.ts';

/** A setting that is `true` or `false`. Throws `USAGE`. */
export function flag(settings: ReadonlyMap<string, string>, name: string, otherwise: boolean): boolean {
  const text = settings.get(name);
  if (text === undefined) return otherwise;
  if (text === 'true' || text === 'false') return text === 'true';
  throw new GildError({ code: 'USAGE', message: `\`${name}\` of a cache is true or false, not "${text}".` });
}
