import { type OperatingSystem, operatingSystemNames } from '../model/operating-system.ts';
import { isWindowsPath } from './fields.ts';
import type { InputProblem } from './inputs.ts';
import { holdsReference } from './references.ts';
import type { Action } from './types.ts';

/**
 * Why a step cannot work on machines with an operating system: asked when the machine is known, which a document is
 * not tied to. `inputs` as written or resolved; `path` leads to the place from `inputs`, or is empty.
 */
export function platformProblems(action: Action, inputs: unknown, os: OperatingSystem): InputProblem[] {
  const name = operatingSystemNames[os];
  if (!action.platforms.includes(os)) {
    const works = action.platforms.map((platform) => operatingSystemNames[platform]).join(' and ');
    return [{ path: [], target: 'key', message: `${action.name} works on ${works} only, not on ${name}.` }];
  }
  const items = Array.isArray(inputs)
    ? inputs.map((item, index) => ({ item, path: [index] }))
    : [{ item: inputs, path: [] }];
  return items.flatMap(({ item, path }) =>
    typeof item === 'object' && item !== null
      ? Object.entries(item).flatMap(([key, value]) => fieldProblems(action, [...path, key], value, os))
      : [],
  );
}

function fieldProblems(
  action: Action,
  path: readonly (string | number)[],
  value: unknown,
  os: OperatingSystem,
): InputProblem[] {
  const key = String(path.at(-1));
  const field = Object.hasOwn(action.fields, key) ? action.fields[key] : undefined;
  const name = operatingSystemNames[os];
  if (!field || value === null || value === undefined) return [];
  if (field.platforms && !field.platforms.includes(os)) {
    return [{ path, target: 'key', message: `${action.name} has no \`${key}\` on ${name}.` }];
  }
  if (!field.isPath || typeof value !== 'string' || holdsReference(value)) return [];
  if (isWindowsPath(value) === (os === 'windows')) return [];
  const other = os === 'windows' ? 'no path of Windows' : 'a path of Windows';
  return [{ path, target: 'value', message: `\`${value}\` is ${other}, and the machine runs ${name}.` }];
}
