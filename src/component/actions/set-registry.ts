import { oneOf, text, textOrTexts } from '../fields.ts';
import { psQuote, runPowerShell } from '../powershell.ts';
import { registryValue } from '../registry-value.ts';
import type { Action } from '../types.ts';

const fields = {
  path: text(
    'Key, from HKEY_CLASSES_ROOT or HKCR:, HKEY_USERS or HKU:, HKEY_LOCAL_MACHINE or HKLM:, HKEY_CURRENT_CONFIG or HKCC:, HKEY_CURRENT_USER or HKCU:; it is made if missing.',
    (path) => (splitKey(path) ? undefined : 'a key below one of HKCR:, HKU:, HKLM:, HKCC:, HKCU:'),
  ),
  name: text('Name of the value.'),
  value: textOrTexts('Text, number or list: bytes for BINARY, texts for MULTI_SZ.'),
  type: text(
    'BINARY, DWORD, QWORD, SZ, EXPAND_SZ or MULTI_SZ.',
    oneOf('BINARY', 'DWORD', 'QWORD', 'SZ', 'EXPAND_SZ', 'MULTI_SZ'),
  ),
};

export const setRegistry: Action<typeof fields> = {
  name: 'SetRegistry',
  summary: 'Sets values in the registry of Windows.',
  shape: 'list',
  platforms: ['windows'],
  fields,
  outputs: [],
  check: ({ type, value }) => {
    const read = registryValue(type, value);
    return 'wrong' in read ? { field: 'value', message: `\`value\` must be ${read.wrong}.` } : undefined;
  },
  run: async (items, context) => {
    const lines = items.flatMap(({ path, name, type, value }) => {
      const key = splitKey(path);
      const read = registryValue(type, value);
      if (!key || 'wrong' in read) return [];
      return [
        `$key = [Microsoft.Win32.Registry]::${key.hive}.CreateSubKey(${psQuote(key.path)})`,
        `$key.SetValue(${psQuote(name)}, ${read.expression}, [Microsoft.Win32.RegistryValueKind]::${read.kind})`,
        '$key.Close()',
      ];
    });
    const script = ["$ErrorActionPreference = 'Stop'", ...lines, ''].join('\n');
    const { exitCode, complaint } = await runPowerShell(context, script, [
      'SetRegistry',
      ...items.map(({ path }) => path),
    ]);
    return exitCode === 0
      ? { kind: 'done' }
      : { kind: 'failed', message: complaint ?? `exit status ${exitCode}` };
  },
};

/** Hives by the names that a path may begin with, as .NET calls them. */
const hives: Readonly<Record<string, string>> = {
  HKEY_CLASSES_ROOT: 'ClassesRoot',
  'HKCR:': 'ClassesRoot',
  HKEY_USERS: 'Users',
  'HKU:': 'Users',
  HKEY_LOCAL_MACHINE: 'LocalMachine',
  'HKLM:': 'LocalMachine',
  HKEY_CURRENT_CONFIG: 'CurrentConfig',
  'HKCC:': 'CurrentConfig',
  HKEY_CURRENT_USER: 'CurrentUser',
  'HKCU:': 'CurrentUser',
};

function splitKey(path: string): { readonly hive: string; readonly path: string } | undefined {
  const [, prefix = '', rest = ''] = /^([A-Za-z_]+:?)\\+(.*?)\\*$/.exec(path) ?? [];
  const name = prefix.toUpperCase();
  const hive = Object.hasOwn(hives, name) ? hives[name] : undefined;
  return hive && rest !== '' ? { hive, path: rest } : undefined;
}
