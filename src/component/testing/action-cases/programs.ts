import type { ActionCase } from './types.ts';

export const programCases: readonly ActionCase[] = [
  {
    action: 'ExecuteBash',
    does: 'runs all commands as one script, and returns its output without the last line break',
    shows: ['commands', 'stdout'],
    inputs: () => ({
      commands: ['a=1; false', 'greet() { echo "hello $1"; }', 'greet "$a"; echo; echo x >&2'],
    }),
    outputs: () => [{ stdout: 'hello 1\n' }],
  },
  {
    action: 'ExecuteBash',
    does: 'fails with the status of the last command',
    shows: ['commands'],
    inputs: () => ({ commands: ['exit 3'] }),
    fails: 'exit status 3',
  },
  {
    action: 'ExecuteBinary',
    does: 'runs a program of the image without a shell, by path or by name',
    shows: ['path', 'arguments', 'stdout'],
    inputs: () => ({ path: 'echo', arguments: ['$HOME; *', 'a b'] }),
    outputs: () => [{ stdout: '$HOME; * a b' }],
  },
  {
    action: 'ExecuteBinary',
    does: 'fails where there is no such program',
    shows: ['path'],
    inputs: () => ({ path: '/usr/bin/absent' }),
    fails: 'exit status 127',
  },
  {
    action: 'ExecutePowerShell',
    does: 'runs commands with the `pwsh` of the image',
    shows: ['commands', 'stdout'],
    inputs: () => ({ commands: ['$a = 1', 'Write-Output "$a"'] }),
    outputs: () => [
      {
        stdout: 'pwsh -NoLogo -NoProfile -NonInteractive -File /run/gild-step.ps1\n$a = 1\nWrite-Output "$a"',
      },
    ],
  },
  {
    action: 'ExecutePowerShell',
    does: 'runs a file with the `pwsh` of the image, and fails with its status',
    shows: ['file'],
    before: 'echo 7 > status.ps1',
    inputs: ({ at }) => ({ file: `${at}/status.ps1` }),
    fails: 'exit status 7',
    logs: 'pwsh -NoLogo -NoProfile -NonInteractive -File <at>/status.ps1',
  },
  {
    action: 'Reboot',
    does: 'goes on afterwards, on an empty /run',
    shows: ['delaySeconds'],
    before: 'touch kept /run/gone',
    inputs: () => ({ delaySeconds: 1 }),
    after: ['ls kept /run/gone 2>/dev/null', 'kept\n'],
    logs: 'The machine restarts.',
  },
  {
    action: 'UpdateOS',
    does: 'calls the package manager of the system',
    shows: ['include', 'exclude'],
    inputs: () => ({ include: ['one', 'two', 't*'], exclude: ['one'] }),
    after: [
      'cat /calls',
      'zypper --non-interactive addlock one\nzypper --non-interactive refresh\nzypper --non-interactive install --no-recommends --auto-agree-with-licenses two\nzypper --non-interactive update --no-recommends --auto-agree-with-licenses t*\n',
    ],
    logs: 'the machine restarts',
  },
];
