import { type Field, optionalText, optionalTexts } from '../fields.ts';
import { runPowerShell, runPowerShellFile } from '../powershell.ts';
import type { Action } from '../types.ts';
import { resultOf } from './execute-bash.ts';

const fields = {
  commands: optionalTexts('Lines of one script; this or `file`.'),
  file: {
    ...optionalText('Path of a `.ps1` file in the machine; this or `commands`.', (path) =>
      /\.ps1$/i.test(path) ? undefined : 'the path of a `.ps1` file',
    ),
    isPath: true,
  } satisfies Field<string | undefined>,
};

export const executePowerShell: Action<typeof fields> = {
  name: 'ExecutePowerShell',
  summary: 'Runs a PowerShell script: with Windows PowerShell, on Linux with the `pwsh` of the image.',
  shape: 'map',
  platforms: ['windows', 'linux'],
  fields,
  outputs: ['stdout'],
  check: ({ commands, file }) => {
    if (commands.length > 0 && file !== undefined)
      return { field: 'file', message: 'ExecutePowerShell takes `commands` or `file`, not both.' };
    if (commands.length > 0 || file !== undefined) return undefined;
    return { field: 'commands', message: 'ExecutePowerShell needs `commands` or `file`.' };
  },
  run: async ([item], context) => {
    const { os, toolbox } = context.machine;
    const execution =
      item?.file === undefined
        ? await runPowerShell(context, `${(item?.commands ?? []).join('\n')}\n`)
        : await runPowerShellFile(context, item.file);
    const result = resultOf(execution, os);
    if (result.kind !== 'failed' || execution.exitCode !== 127 || os === 'windows') return result;
    const look = await context.execute({ argv: [...toolbox, 'sh', '-c', 'command -v pwsh'], quiet: true });
    if (look.exitCode === 0) return result;
    return {
      kind: 'failed',
      message: 'the machine runs Linux, and its image has no `pwsh`',
      hint: 'Install PowerShell in an earlier step, or use ExecuteBash.',
    };
  },
};
