import { type Path, valueAt } from './source.ts';

/** The items of a list with their places; none where there is no list. */
export function items(data: unknown, path: Path): [number, unknown][] {
  const list = valueAt(data, path);
  return Array.isArray(list) ? [...list.entries()] : [];
}

/** The fields of an object; none where there is none. */
export function fieldsAt(data: unknown, path: Path): Record<string, unknown> {
  const value = valueAt(data, path);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** The text of a field. */
export function field(value: unknown, name: string): string | undefined {
  const found =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)[name]
      : undefined;
  return typeof found === 'string' ? found : undefined;
}
