import { decode, encodingName } from '../encoding.ts';
import { absolutePath, flag, text, textOr } from '../fields.ts';
import type { Action, Outputs } from '../types.ts';

const fields = {
  path: text('Absolute path of the file.', absolutePath),
  encoding: textOr('utf-8', 'How the content is read.', encodingName),
  printFileContent: flag(false, 'Whether the content is shown in the log.'),
};

export const readFile: Action<typeof fields> = {
  name: 'ReadFile',
  summary: 'Reads a file, up to 1 MiB, for use in later steps.',
  shape: 'list',
  fields,
  outputs: ['content'],
  run: async (items, context) => {
    const outputs: Outputs[] = [];
    for (const { path, encoding, printFileContent } of items) {
      const { exitCode, stdout, complaint } = await context.execute({
        argv: [...context.machine.toolbox, 'cat', path],
        quiet: !printFileContent,
      });
      if (exitCode !== 0) return { kind: 'failed', message: complaint ?? `exit status ${exitCode}`, outputs };
      outputs.push({ content: decode(stdout, encoding) });
    }
    return { kind: 'done', outputs };
  },
};
