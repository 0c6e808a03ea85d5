import { flag, notOnWindows, optionalText, ownerName, pathText, permissionBits } from '../fields.ts';
import { modeLines, ownLines } from '../ownership.ts';
import { quote, runProgram } from '../program.ts';
import type { Action } from '../types.ts';

const fields = {
  path: pathText('Path of the folder; missing folders above it are created.'),
  owner: notOnWindows(optionalText('User, by name or number.', ownerName)),
  group: notOnWindows(optionalText("Group, by name or number; the user's own by default.", ownerName)),
  permissions: notOnWindows(optionalText('Octal; 0777 less the umask by default.', permissionBits)),
  overwrite: flag(true, 'Whether the folder may exist already; what is in it stays.'),
};

export const createFolder: Action<typeof fields> = {
  name: 'CreateFolder',
  summary: 'Makes a folder.',
  shape: 'list',
  platforms: ['linux', 'macos', 'windows'],
  fields,
  outputs: [],
  run: (items, context) => {
    const lines = items.flatMap((item) => [
      ...(item.overwrite ? [] : [`keep ${quote(item.path)}`]),
      `mkdir -p ${quote(item.path)}`,
      ...ownLines(item.path, item),
      ...modeLines(item.path, item.permissions),
    ]);
    return runProgram(context, {
      text: lines.join('\n'),
      shown: ['CreateFolder', ...items.map((item) => item.path)],
    });
  },
};
