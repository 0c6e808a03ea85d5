import { absolutePath, flag, text } from '../fields.ts';
import { quote, runProgram } from '../program.ts';
import type { Action } from '../types.ts';

const fields = {
  path: text('Absolute path of the folder.', (path) =>
    /^\/+$/.test(path) ? 'a folder below `/`' : absolutePath(path),
  ),
  force: flag(false, 'Whether what is in it is deleted too; if not, a folder that is not empty is an error.'),
};

export const deleteFolder: Action<typeof fields> = {
  name: 'DeleteFolder',
  summary: 'Deletes a folder.',
  shape: 'list',
  fields,
  outputs: [],
  run: (items, context) => {
    const lines = items.map(
      ({ path, force }) => `if [ ! -e ${quote(path)} ]; then printf '%s: nothing to delete\\n' ${quote(path)}
else need_folder ${quote(path)}; ${force ? 'rm -rf' : 'rmdir'} ${quote(path)}; fi`,
    );
    return runProgram(context, {
      text: lines.join('\n'),
      shown: ['DeleteFolder', ...items.map((item) => item.path)],
    });
  },
};
