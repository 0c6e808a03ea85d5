import { pathPattern, pathText } from '../fields.ts';
import { globWords, quote, runProgram } from '../program.ts';
import type { Action } from '../types.ts';

const fields = { path: pathText('Path; `*` may stand in its last part.', pathPattern) };

/** A pattern that matches nothing is no error: afterwards there is no such file, which is what was asked for. */
export const deleteFile: Action<typeof fields> = {
  name: 'DeleteFile',
  summary: 'Deletes files.',
  shape: 'list',
  platforms: ['linux', 'macos', 'windows'],
  fields,
  outputs: [],
  run: (items, context) => {
    const lines = items.map(
      ({ path }) => `found=
for file in ${globWords(path)}; do
  is_entry "$file" || continue
  if [ -d "$file" ] && [ ! -L "$file" ]; then ${path.includes('*') ? 'continue' : 'fail "$file is a folder"'}; fi
  rm -f "$file"
  found=1
done
if [ -z "$found" ]; then printf '%s: nothing to delete\\n' ${quote(path)}; fi`,
    );
    return runProgram(context, {
      text: lines.join('\n'),
      shown: ['DeleteFile', ...items.map((item) => item.path)],
    });
  },
};
