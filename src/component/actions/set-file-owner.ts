import { optionalText, ownerName, pathText, text } from '../fields.ts';
import { ownLines } from '../ownership.ts';
import { quote, runProgram } from '../program.ts';
import type { Action } from '../types.ts';

const fields = {
  path: pathText('Path of the file.'),
  owner: text('User, by name or number.', ownerName),
  group: optionalText("Group, by name or number; the user's own by default.", ownerName),
};

export const setFileOwner: Action<typeof fields> = {
  name: 'SetFileOwner',
  summary: 'Gives a file to a user and group.',
  shape: 'list',
  platforms: ['linux', 'macos'],
  fields,
  outputs: [],
  run: (items, context) => {
    const lines = items.flatMap((item) => [`need_file ${quote(item.path)}`, ...ownLines(item.path, item)]);
    return runProgram(context, {
      text: lines.join('\n'),
      shown: ['SetFileOwner', ...items.map((item) => item.path)],
    });
  },
};
