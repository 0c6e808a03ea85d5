import { flag, pathText, permissionBits, text } from '../fields.ts';
import { modeLines } from '../ownership.ts';
import { quote, runProgram } from '../program.ts';
import type { Action } from '../types.ts';

const fields = {
  path: pathText('Path of the folder.'),
  permissions: text('Octal.', permissionBits),
  recursive: flag(true, 'Whether everything in it gets the same.'),
};

export const setFolderPermissions: Action<typeof fields> = {
  name: 'SetFolderPermissions',
  summary: 'Sets the permissions of a folder.',
  shape: 'list',
  platforms: ['linux', 'macos'],
  fields,
  outputs: [],
  run: (items, context) => {
    const lines = items.flatMap((item) => [
      `need_folder ${quote(item.path)}`,
      ...modeLines(item.path, item.permissions, item.recursive),
    ]);
    return runProgram(context, {
      text: lines.join('\n'),
      shown: ['SetFolderPermissions', ...items.map((item) => item.path)],
    });
  },
};
