import { decode, encodingName, isUtf8 } from '../encoding.ts';
import { flag, pathText, textOr } from '../fields.ts';
import type { Action, Outputs } from '../types.ts';

const fields = {
  path: pathText('Path of the file.'),
  encoding: textOr('utf-8', 'How the content is read.', encodingName),
  printFileContent: flag(false, 'Whether the content is shown in the log.'),
};

export const readFile: Action<typeof fields> = {
  name: 'ReadFile',
  summary: 'Reads a file, up to 1 MiB, for use in later steps.',
  shape: 'list',
  platforms: ['linux', 'macos', 'windows'],
  fields,
  outputs: ['content'],
  run: async (items, context) => {
    const outputs: Outputs[] = [];
    for (const { path, encoding, printFileContent } of items) {
      const { exitCode, stdout, truncated, complaint } = await context.execute({
        argv: [...context.machine.toolbox, 'cat', path],
        quiet: !printFileContent || !isUtf8(encoding),
      });
      if (exitCode !== 0) return { kind: 'failed', message: complaint ?? `exit status ${exitCode}`, outputs };
      if (truncated) return { kind: 'failed', message: `${path} is larger than 1 MiB`, outputs };
      const content = decode(stdout, encoding);
      if (printFileContent && !isUtf8(encoding)) {
        await context.execute({ argv: [...context.machine.toolbox, 'cat'], stdin: Buffer.from(content) });
      }
      outputs.push({ content });
    }
    return { kind: 'done', outputs };
  },
};
