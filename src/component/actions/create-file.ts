import { encode, encodingName } from '../encoding.ts';
import { flag, notOnWindows, optionalText, ownerName, pathText, permissionBits, textOr } from '../fields.ts';
import { modeLines, ownLines } from '../ownership.ts';
import { printBytes, quote, runProgram } from '../program.ts';
import type { Action } from '../types.ts';

const fields = {
  path: pathText('Path of the file; missing folders are created.'),
  content: textOr('', 'What is in it.'),
  encoding: textOr('utf-8', 'How the content is written.', encodingName),
  owner: notOnWindows(optionalText('User, by name or number.', ownerName)),
  group: notOnWindows(optionalText("Group, by name or number; the user's own by default.", ownerName)),
  permissions: notOnWindows(optionalText('Octal; 0666 less the umask by default.', permissionBits)),
  overwrite: flag(true, 'Whether a file that exists is replaced; if not, it is an error.'),
};

export const createFile: Action<typeof fields> = {
  name: 'CreateFile',
  summary: 'Writes a file.',
  shape: 'list',
  platforms: ['linux', 'macos', 'windows'],
  fields,
  outputs: [],
  run: (items, context) => {
    const lines = items.flatMap((item) => [
      `refuse_folder ${quote(item.path)}`,
      ...(item.overwrite ? [] : [`keep ${quote(item.path)}`]),
      `parent ${quote(item.path)}`,
      `${printBytes(encode(item.content, item.encoding))} > ${quote(item.path)}`,
      ...ownLines(item.path, item),
      ...modeLines(item.path, item.permissions),
    ]);
    return runProgram(context, {
      text: lines.join('\n'),
      shown: ['CreateFile', ...items.map((item) => item.path)],
    });
  },
};
