import { absolutePath, optionalTexts, text } from '../fields.ts';
import type { Action } from '../types.ts';
import { resultOf } from './execute-bash.ts';

const fields = {
  path: text('An absolute path, or a name that is found on PATH.', (path) =>
    /[\\/]/.test(path) && absolutePath(path) ? 'an absolute path, or a name' : undefined,
  ),
  arguments: optionalTexts('Passed as they are; no shell reads them.'),
};

export const executeBinary: Action<typeof fields> = {
  name: 'ExecuteBinary',
  summary: 'Runs a program without a shell.',
  shape: 'map',
  platforms: ['linux', 'macos', 'windows'],
  fields,
  outputs: ['stdout'],
  run: async ([item], context) => {
    const argv = [item?.path ?? '', ...(item?.arguments ?? [])];
    const execution = await context.execute({ argv });
    const result = resultOf(execution, context.machine.os);
    if (result.kind !== 'failed' || execution.exitCode !== 127) return result;
    return { ...result, hint: `Status 127 mostly means that \`${argv[0]}\` is not in the image.` };
  },
};
