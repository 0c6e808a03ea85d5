import { flag, pathText, text } from '../fields.ts';
import { quote, runProgram } from '../program.ts';
import type { Action } from '../types.ts';

const fields = {
  path: pathText(
    'Path of the link, from `/` if it is relative; missing folders are created.',
    () => undefined,
  ),
  target: text('What it points to, which must exist; relative to the folder of the link unless absolute.'),
  force: flag(false, 'Whether a link that exists is replaced.'),
};

export const createSymlink: Action<typeof fields> = {
  name: 'CreateSymlink',
  summary: 'Makes a symbolic link.',
  shape: 'list',
  platforms: ['linux', 'macos'],
  fields,
  outputs: [],
  run: (items, context) => {
    const lines = items.flatMap(({ path: given, target, force }) => {
      const path = given.startsWith('/') ? given : `/${given}`;
      const folder = path.slice(0, path.lastIndexOf('/') + 1);
      const full = target.startsWith('/') ? target : folder + target;
      return [
        `if [ ! -e ${quote(full)} ]; then fail ${quote(`${full} does not exist`)}; fi`,
        `if [ -L ${quote(path)} ]; then ${force ? `rm -f ${quote(path)}` : `fail ${quote(`${path} is already a link`)}`}`,
        `elif [ -e ${quote(path)} ]; then fail ${quote(`${path} exists and is not a link`)}; fi`,
        `parent ${quote(path)}`,
        `ln -s ${quote(target)} ${quote(path)}`,
      ];
    });
    return runProgram(context, {
      text: lines.join('\n'),
      shown: ['CreateSymlink', ...items.map((item) => item.path)],
    });
  },
};
