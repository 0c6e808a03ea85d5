import { pathText, permissionBits, text } from '../fields.ts';
import { modeLines } from '../ownership.ts';
import { quote, runProgram } from '../program.ts';
import type { Action } from '../types.ts';

const fields = {
  path: pathText('Path of the file.'),
  permissions: text('Octal.', permissionBits),
};

export const setFilePermissions: Action<typeof fields> = {
  name: 'SetFilePermissions',
  summary: 'Sets the permissions of a file.',
  shape: 'list',
  platforms: ['linux', 'macos'],
  fields,
  outputs: [],
  run: (items, context) => {
    const lines = items.flatMap((item) => [
      `need_file ${quote(item.path)}`,
      ...modeLines(item.path, item.permissions),
    ]);
    return runProgram(context, {
      text: lines.join('\n'),
      shown: ['SetFilePermissions', ...items.map((item) => item.path)],
    });
  },
};
