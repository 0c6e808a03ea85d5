import { detectEncoding, encode, encodingName } from '../encoding.ts';
import { pathText, textOr } from '../fields.ts';
import type { Action } from '../types.ts';

const fields = {
  path: pathText('Path of a text file, up to 1 MiB, in any of these encodings.'),
  encoding: textOr('utf-8', 'How it is written afterwards.', encodingName),
};

export const setFileEncoding: Action<typeof fields> = {
  name: 'SetFileEncoding',
  summary: 'Writes a text file again in another encoding.',
  shape: 'list',
  platforms: ['linux', 'macos', 'windows'],
  fields,
  outputs: [],
  run: async (items, context) => {
    const { toolbox } = context.machine;
    for (const { path, encoding } of items) {
      const read = await context.execute({ argv: [...toolbox, 'cat', path], quiet: true });
      if (read.truncated) return { kind: 'failed', message: `${path} is larger than 1 MiB` };
      if (read.exitCode !== 0)
        return { kind: 'failed', message: read.complaint ?? `exit status ${read.exitCode}` };
      const content = detectEncoding(read.stdout);
      if (content === undefined)
        return { kind: 'failed', message: `${path} is no text in UTF-8, UTF-16 or UTF-32` };
      const bytes = encode(content, encoding);
      if (bytes.equals(read.stdout)) continue;
      const write = await context.execute({
        argv: [...toolbox, 'sh', '-c', 'cat > "$1"', 'sh', path],
        stdin: bytes,
        shown: { argv: ['SetFileEncoding', path, encoding] },
      });
      if (write.exitCode !== 0)
        return { kind: 'failed', message: write.complaint ?? `exit status ${write.exitCode}` };
    }
    return { kind: 'done' };
  },
};
