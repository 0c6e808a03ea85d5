import type { Path } from './source.ts';

const textUnder = [
  ['config', 'env', '*'],
  ['config', 'labels', '*'],
  ['config', 'user'],
  ['files', '*', 'owner'],
  ['files', '*', 'group'],
  ['components', '*', 'parameters', '*'],
  ['tests', '*', 'env', '*'],
];

/** Where a recipe means text even if YAML would read a number: modes, owners, environment, parameters. */
export function isTextValue(path: Path): boolean {
  const last = path.at(-1);
  if (last === 'mode' || last === 'permissions') return true;
  return textUnder.some(
    (pattern) =>
      pattern.length === path.length && pattern.every((step, index) => step === '*' || step === path[index]),
  );
}
