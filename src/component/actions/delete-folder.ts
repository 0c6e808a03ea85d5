import { absolutePath, flag, isWindowsPath, pathText } from '../fields.ts';
import { quote, runProgram } from '../program.ts';
import type { Action } from '../types.ts';

const fields = {
  path: pathText('Path of the folder.', (path) =>
    isRoot(path) ? 'a folder below the root' : absolutePath(path),
  ),
  force: flag(false, 'Whether what is in it is deleted too; if not, a folder that is not empty is an error.'),
};

/** `/`, `//.`, `/x/..`, `C:\\`: nobody means to delete these. */
function isRoot(path: string): boolean {
  const depths = path
    .split(isWindowsPath(path) ? /[\\/]+/ : /\/+/)
    .slice(1)
    .reduce((depth, part) => {
      if (part === '' || part === '.') return depth;
      return part === '..' ? Math.max(0, depth - 1) : depth + 1;
    }, 0);
  return path !== '' && depths === 0;
}

export const deleteFolder: Action<typeof fields> = {
  name: 'DeleteFolder',
  summary: 'Deletes a folder.',
  shape: 'list',
  platforms: ['linux', 'macos', 'windows'],
  fields,
  outputs: [],
  run: (items, context) => {
    const lines = items.map(
      ({
        path,
        force,
      }) => `if [ ! -e ${quote(path)} ] && [ ! -L ${quote(path)} ]; then printf '%s: nothing to delete\\n' ${quote(path)}
else need_folder ${quote(path)}; ${force ? 'rm -rf' : 'rmdir'} ${quote(path)}; fi`,
    );
    return runProgram(context, {
      text: lines.join('\n'),
      shown: ['DeleteFolder', ...items.map((item) => item.path)],
    });
  },
};
