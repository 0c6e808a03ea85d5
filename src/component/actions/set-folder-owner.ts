import { flag, optionalText, ownerName, pathText, text } from '../fields.ts';
import { ownLines } from '../ownership.ts';
import { quote, runProgram } from '../program.ts';
import type { Action } from '../types.ts';

const fields = {
  path: pathText('Path of the folder.'),
  owner: text('User, by name or number.', ownerName),
  group: optionalText("Group, by name or number; the user's own by default.", ownerName),
  recursive: flag(true, 'Whether everything in it gets the same.'),
};

export const setFolderOwner: Action<typeof fields> = {
  name: 'SetFolderOwner',
  summary: 'Gives a folder to a user and group.',
  shape: 'list',
  platforms: ['linux', 'macos'],
  fields,
  outputs: [],
  run: (items, context) => {
    const lines = items.flatMap((item) => [`need_folder ${quote(item.path)}`, ...ownLines(item.path, item)]);
    return runProgram(context, {
      text: lines.join('\n'),
      shown: ['SetFolderOwner', ...items.map((item) => item.path)],
    });
  },
};
