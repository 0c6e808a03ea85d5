import type { Problems } from './problems.ts';
import { type Path, pathKey, type Source } from './source.ts';
import { isTextValue } from './text-values.ts';
import type { TypedValue } from './variable-values.ts';
import { suggestion, type Variable } from './variables.ts';
import { code } from './words.ts';

export interface Interpolated {
  readonly data: unknown;
  /** Values that consist of one reference alone, by `pathKey`. */
  readonly whole: ReadonlyMap<string, { readonly variable: Variable; readonly value: TypedValue }>;
  readonly used: ReadonlySet<string>;
  /** Where sensitive values ended up. */
  readonly sensitive: readonly Path[];
}

const reference = /(\$?)\$\{var\.([^}\n]*)(\}?)/g;

/** Puts values in the place of every `${var.name}`; `$${var.` stands for `${var.` itself. */
export function interpolate(
  source: Source,
  variables: ReadonlyMap<string, Variable>,
  problems: Problems,
): Interpolated {
  const whole = new Map<string, { variable: Variable; value: TypedValue }>();
  const used = new Set<string>();
  const sensitive: Path[] = [];
  const names = [...variables.keys()];

  const walk = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string') return value.includes('${var.') ? text(value, path) : value;
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        if (key.includes('${var.')) {
          const message = 'A variable cannot be part of the name of a field.';
          problems.add(source, { path: [...path, key], part: 'key', message });
          problems.silence([...path, key]);
        }
        return [
          key,
          path.length === 0 && key === 'variables' ? plain(item, [key]) : walk(item, [...path, key]),
        ];
      }),
    );
  };

  const plain = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string' && value.includes('${var.') && path.at(-1) !== 'description') {
      problems.add(source, { path, message: 'The value of a variable cannot refer to another variable.' });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value))
        plain(item, [...path, Array.isArray(value) ? Number(key) : key]);
    }
    return value;
  };

  const text = (written: string, path: Path): unknown => {
    const seen = new Map<string, number>();
    let alone: unknown;
    const result = written.replace(reference, (match: string, escaped: string, name: string, end: string) => {
      if (escaped) return match.slice(1);
      const occurrence = seen.get(match) ?? 0;
      seen.set(match, occurrence + 1);
      const refuse = (message: string, hint?: string): string => {
        problems.add(source, {
          path,
          inside: { fragment: match, occurrence },
          code: 'VARIABLE_INVALID',
          message,
          hint,
        });
        problems.silence(path);
        return match;
      };
      if (!end)
        return refuse(`The reference ${code(match)} has no closing brace.`, `Write \`\${var.name}\`.`);
      const variable = variables.get(name);
      if (!variable) {
        if (!/^[A-Za-z_]\w*$/.test(name))
          return refuse(`${code(match)} does not name a variable.`, `Write \`\${var.name}\`.`);
        return refuse(`There is no variable ${code(name)}.`, suggestion(name, names));
      }
      used.add(name);
      if (variable.sensitive) sensitive.push(path);
      if (!variable.value) {
        problems.silence(path);
        return match;
      }
      const { value } = variable;
      if (match === written) {
        const typed = isTextValue(path) ? (value.text ?? value.value) : value.value;
        alone = Array.isArray(typed) ? [...typed] : typed;
        whole.set(pathKey(path), { variable, value });
      } else if (value.text === undefined) {
        return refuse(
          `The variable ${code(name)} is a list; it can only stand alone.`,
          `Make ${code(match)} the whole value.`,
        );
      }
      return value.text ?? '';
    });
    return alone ?? result;
  };

  return { data: walk(source.data, []), whole, used, sensitive };
}
