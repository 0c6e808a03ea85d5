import { encode, encodingName } from '../encoding.ts';
import { absolutePath, text, textOr } from '../fields.ts';
import type { Action } from '../types.ts';

const fields = {
  path: text('Absolute path of a file in UTF-8, up to 1 MiB.', absolutePath),
  encoding: textOr('utf-8', 'How it is written afterwards.', encodingName),
};

export const setFileEncoding: Action<typeof fields> = {
  name: 'SetFileEncoding',
  summary: 'Writes a UTF-8 file again in another encoding.',
  shape: 'list',
  fields,
  outputs: [],
  run: async (items, context) => {
    const { toolbox } = context.machine;
    for (const { path, encoding } of items) {
      const read = await context.execute({ argv: [...toolbox, 'cat', path], quiet: true });
      if (read.truncated) return { kind: 'failed', message: `${path} is larger than 1 MiB` };
      if (read.exitCode !== 0)
        return { kind: 'failed', message: read.complaint ?? `exit status ${read.exitCode}` };
      const write = await context.execute({
        argv: [...toolbox, 'sh', '-c', 'cat > "$1"', 'sh', path],
        stdin: encode(read.stdout.toString('utf8'), encoding),
        shown: { argv: ['SetFileEncoding', path, encoding] },
      });
      if (write.exitCode !== 0)
        return { kind: 'failed', message: write.complaint ?? `exit status ${write.exitCode}` };
    }
    return { kind: 'done' };
  },
};
