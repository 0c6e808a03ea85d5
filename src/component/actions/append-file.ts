import { encode, encodingName } from '../encoding.ts';
import { pathText, textOr } from '../fields.ts';
import { printBytes, quote, runProgram } from '../program.ts';
import type { Action } from '../types.ts';

const fields = {
  path: pathText('Path of a file that exists.'),
  content: textOr('', 'What is added to its end.'),
  encoding: textOr('utf-8', 'How the content is written.', encodingName),
};

export const appendFile: Action<typeof fields> = {
  name: 'AppendFile',
  summary: 'Adds to the end of a file.',
  shape: 'list',
  platforms: ['linux', 'macos', 'windows'],
  fields,
  outputs: [],
  run: (items, context) => {
    const lines = items.flatMap((item) => [
      `need_file ${quote(item.path)}`,
      `${printBytes(encode(item.content, item.encoding))} >> ${quote(item.path)}`,
    ]);
    return runProgram(context, {
      text: lines.join('\n'),
      shown: ['AppendFile', ...items.map((item) => item.path)],
    });
  },
};
