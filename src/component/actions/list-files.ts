import { flag, pathText, textOr } from '../fields.ts';
import type { Action, Outputs } from '../types.ts';

const fields = {
  path: pathText('Path of the folder.'),
  fileNamePattern: textOr('*', 'Which names are listed; `*` matches anything.'),
  recursive: flag(false, 'Whether folders below it are searched too.'),
};

export const listFiles: Action<typeof fields> = {
  name: 'ListFiles',
  summary: 'Lists files, sorted and joined by commas.',
  shape: 'list',
  platforms: ['linux', 'macos', 'windows'],
  fields,
  outputs: ['files'],
  run: async (items, context) => {
    const outputs: Outputs[] = [];
    for (const { path, fileNamePattern, recursive } of items) {
      const folder = path.replace(/(?<=.)\/+$/, '');
      const depth = recursive ? [] : ['-maxdepth', '1'];
      const literal = fileNamePattern.replace(/[?[\]\\]/g, '\\$&');
      const find = ['find', `${folder}/`, ...depth, '!', '-type', 'd', '-name', literal];
      const { exitCode, stdout, truncated, complaint } = await context.execute({
        argv: [...context.machine.toolbox, ...find],
      });
      if (exitCode !== 0) return { kind: 'failed', message: complaint ?? `exit status ${exitCode}`, outputs };
      if (truncated) return { kind: 'failed', message: `The list of ${path} is longer than 1 MiB`, outputs };
      const files = stdout.toString().split('\n').filter(Boolean);
      const named = files.map((file) => file.replace(/^(.*?)\/{2,}/, '$1/'));
      outputs.push({ files: named.sort().join(',') });
    }
    return { kind: 'done', outputs };
  },
};
