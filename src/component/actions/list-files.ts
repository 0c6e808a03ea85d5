import { absolutePath, flag, text, textOr } from '../fields.ts';
import type { Action, Outputs } from '../types.ts';

const fields = {
  path: text('Absolute path of the folder.', absolutePath),
  fileNamePattern: textOr('*', 'Which names are listed; `*` matches anything.'),
  recursive: flag(false, 'Whether folders below it are searched too.'),
};

export const listFiles: Action<typeof fields> = {
  name: 'ListFiles',
  summary: 'Lists files, sorted and joined by commas.',
  shape: 'list',
  fields,
  outputs: ['files'],
  run: async (items, context) => {
    const outputs: Outputs[] = [];
    for (const { path, fileNamePattern, recursive } of items) {
      const folder = path.replace(/(?<=.)\/+$/, '');
      const depth = recursive ? [] : ['-maxdepth', '1'];
      const literal = fileNamePattern.replace(/[?[\]\\]/g, '\\$&');
      const { exitCode, stdout, complaint } = await context.execute({
        argv: [...context.machine.toolbox, 'find', folder, ...depth, '!', '-type', 'd', '-name', literal],
      });
      if (exitCode !== 0) return { kind: 'failed', message: complaint ?? `exit status ${exitCode}`, outputs };
      outputs.push({ files: stdout.toString().split('\n').filter(Boolean).sort().join(',') });
    }
    return { kind: 'done', outputs };
  },
};
