import type { ActionCase } from './types.ts';

const calls = 'cat /powershell';
const direct = 'powershell.exe -NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass';

/** What Windows PowerShell is told; whether Windows does it is not to be seen on Linux. */
export const windowsCases: readonly ActionCase[] = [
  {
    action: 'ExecutePowerShell',
    os: 'windows',
    does: 'hands commands to Windows PowerShell as one script',
    shows: ['commands', 'stdout'],
    inputs: () => ({ commands: ['$a = 1', 'Write-Output "$a"'] }),
    outputs: () => [{ stdout: 'ran' }],
    after: [calls, `${direct} -EncodedCommand\n$a = 1\nWrite-Output "$a"\n`],
  },
  {
    action: 'ExecutePowerShell',
    os: 'windows',
    does: 'hands a file to Windows PowerShell',
    shows: ['file'],
    inputs: () => ({ file: 'C:\\scripts\\a b.ps1' }),
    after: [calls, `${direct} -File C:\\scripts\\a b.ps1\n`],
  },
  {
    action: 'ExecutePowerShell',
    os: 'windows',
    does: 'restarts the machine on 3010 and runs the script again',
    shows: ['commands'],
    before: 'echo 3010 > /powershell-status',
    inputs: () => ({ commands: ['exit 3010'] }),
    logs: 'the machine restarts and the step runs again',
  },
  {
    action: 'SetRegistry',
    os: 'windows',
    does: 'sets values of each type below keys that it makes',
    shows: ['path', 'name', 'value', 'type'],
    inputs: () => [
      { path: "HKLM:\\SOFTWARE\\It's", name: 'Text', value: '$x', type: 'SZ' },
      { path: 'HKEY_CURRENT_USER\\Test', name: 'Number', value: 4294967295, type: 'DWORD' },
      { path: 'HKU:\\x', name: 'List', value: ['a', 'b'], type: 'MULTI_SZ' },
      { path: 'HKCR:\\x', name: 'Bytes', value: [1, 255], type: 'BINARY' },
    ],
    after: [
      `sed -n 's/^.key = .*::/key /p; s/^.key.SetValue/set /p' /powershell`,
      [
        "key LocalMachine.CreateSubKey('SOFTWARE\\It''s')",
        "set ('Text', '$x', [Microsoft.Win32.RegistryValueKind]::String)",
        "key CurrentUser.CreateSubKey('Test')",
        "set ('Number', [int]::Parse('-1'), [Microsoft.Win32.RegistryValueKind]::DWord)",
        "key Users.CreateSubKey('x')",
        "set ('List', [string[]]@('a', 'b'), [Microsoft.Win32.RegistryValueKind]::MultiString)",
        "key ClassesRoot.CreateSubKey('x')",
        "set ('Bytes', [byte[]]@(1, 255), [Microsoft.Win32.RegistryValueKind]::Binary)",
        '',
      ].join('\n'),
    ],
  },
  {
    action: 'UpdateOS',
    os: 'windows',
    does: 'asks Windows Update for what is included and not excluded',
    shows: ['include', 'exclude'],
    inputs: () => ({ include: ['KB1234567', '*Security*', '7654321'], exclude: ['KB1234567', "*It's*"] }),
    after: [
      "sed -n '/^.include =/p; /^.exclude =/p' /powershell",
      "$include = @('*Security*', '7654321')\n$exclude = @('KB1234567', '*It''s*')\n",
    ],
  },
  {
    action: 'SetRegistry',
    does: 'fails on Linux',
    shows: ['path'],
    inputs: () => [{ path: 'HKLM:\\x', name: 'a', value: 'b', type: 'SZ' }],
    fails: 'SetRegistry works on Windows only, not on Linux',
  },
  ...(
    [
      ['InstallMSI', '/i'],
      ['UninstallMSI', '/x'],
    ] as const
  ).flatMap(([action, mode]): ActionCase[] => [
    {
      action,
      os: 'windows',
      does: 'hands paths, options and properties to msiexec, and returns what came of it',
      shows: [
        'path',
        'logOptions',
        'properties',
        'ignoreAuthenticodeSignatureErrors',
        'allowUnsignedInstaller',
        'logFile',
        'msiExitCode',
        'stdout',
      ],
      inputs: () => ({
        path: 'C:\\a b.msi',
        logFile: 'C:\\logs\\a.log',
        logOptions: '*V',
        properties: { COMPANY: 'Example Ltd', QUOTED: '"x y"', N: 1 },
        ignoreAuthenticodeSignatureErrors: true,
        allowUnsignedInstaller: true,
      }),
      outputs: () => [{ logFile: 'C:\\logs\\a.log', msiExitCode: '0', stdout: 'ran' }],
      after: [
        `grep -c Stop-Here /powershell; sed -n "s/.*-ArgumentList '\\(.*\\)' -Wait.*/\\1/p" /powershell`,
        `2\n${mode} "C:\\a b.msi" /qn /norestart /L*V "C:\\logs\\a.log" COMPANY="Example Ltd" QUOTED="x y" N=1 REBOOT=ReallySuppress\n`,
      ],
    },
    {
      action,
      os: 'windows',
      does: 'checks the signature, and restarts where the installer asks for it',
      shows: ['ignoreAuthenticodeSignatureErrors', 'allowUnsignedInstaller', 'reboot', 'msiExitCode'],
      before: 'echo 3010 > /powershell-status',
      inputs: () => ({ path: 'C:\\a.msi' }),
      outputs: () => [{ logFile: '', msiExitCode: '3010', stdout: 'ran' }],
      after: ['grep -c Stop-Here /powershell', '4\n'],
      logs: 'The machine restarts.',
    },
    {
      action,
      os: 'windows',
      does: 'never restarts where it must not, and brings a package from S3',
      shows: ['path', 'reboot'],
      before: 'echo 3010 > /powershell-status; touch /run/kept',
      inputs: () => ({ path: 's3://given/tree/one', reboot: 'Skip' }),
      after: [
        `ls /run/kept; sed -n '2s/^one.*/one/p' /powershell; grep -c Remove-Item /powershell`,
        '/run/kept\none\n1\n',
      ],
    },
    {
      action,
      os: 'windows',
      does: 'restarts where it must',
      shows: ['reboot'],
      inputs: () => ({ path: 'C:\\a.msi', reboot: 'Force' }),
      logs: 'The machine restarts.',
    },
    {
      action,
      os: 'windows',
      does: 'fails with the status of msiexec',
      shows: ['msiExitCode'],
      before: 'echo 1603 > /powershell-status',
      inputs: () => ({ path: 'C:\\a.msi' }),
      fails: 'exit status 1603',
    },
  ]),
];
