import { expect, it } from 'vitest';
import { findAction } from './actions/index.ts';
import { readInputs } from './inputs.ts';
import { registryValue } from './registry-value.ts';

/** What is wrong with inputs, or `ok`. */
function judge(name: string, inputs: unknown): string {
  const action = findAction(name);
  if (!action) throw new Error(name);
  const [problem] = readInputs(action, inputs, 'written').problems;
  return problem?.message ?? 'ok';
}

it('ExecutePowerShell takes commands or a file', () => {
  expect(judge('ExecutePowerShell', { commands: ['Get-Date'] })).toBe('ok');
  expect(judge('ExecutePowerShell', { file: 'C:\\a.ps1' })).toBe('ok');
  expect(judge('ExecutePowerShell', {})).toContain('needs `commands` or `file`');
  expect(judge('ExecutePowerShell', { file: 'C:\\a.ps1', commands: ['x'] })).toContain('not both');
  expect(judge('ExecutePowerShell', { file: 'C:\\a.bat' })).toContain('`.ps1` file');
});

it('SetRegistry knows every prefix and no other', () => {
  const set = (path: string) => judge('SetRegistry', [{ path, name: 'a', value: 'b', type: 'SZ' }]);
  for (const prefix of [
    'HKEY_CLASSES_ROOT',
    'HKCR:',
    'HKEY_USERS',
    'HKU:',
    'HKEY_LOCAL_MACHINE',
    'hklm:',
    'HKEY_CURRENT_CONFIG',
    'HKCC:',
    'HKEY_CURRENT_USER',
    'HKCU:',
  ]) {
    expect(set(`${prefix}\\SOFTWARE\\My Software`)).toBe('ok');
  }
  for (const path of ['HKLM\\SOFTWARE', 'HKXX:\\a', 'HKLM:\\', 'SOFTWARE\\x', 'C:\\x'])
    expect(set(path)).toContain('a key below one of');
});

it('SetRegistry turns values into what their type holds', () => {
  const set = (type: string, value: unknown) =>
    judge('SetRegistry', [{ path: 'HKLM:\\SOFTWARE\\x', name: 'a', value, type }]);
  expect(set('DWORD', 1.1)).toBe('ok');
  expect(set('DWORD', 'one')).toContain('a number of at most 32 bits');
  expect(set('DWORD', 4294967296)).toContain('a number of at most 32 bits');
  expect(set('SZ', ['a', 'b'])).toContain('one text');
  expect(set('BINARY', [1, 256])).toContain('bytes from 0 to 255');
  expect(set('REG_SZ', 'a')).toContain('one of BINARY');
  const expressions = [
    registryValue('dword', '4294967295'),
    registryValue('QWORD', '0xffffffffffffffff'),
    registryValue('SZ', "it's"),
    registryValue('EXPAND_SZ', '%PATH%'),
    registryValue('MULTI_SZ', ['a', 'b']),
    registryValue('BINARY', '01,fF'),
    registryValue('BINARY', ['1', '0x2']),
  ];
  expect(expressions.map((read) => Object.values(read).join(' '))).toEqual([
    "DWord [int]::Parse('-1')",
    "QWord [long]::Parse('-1')",
    "String 'it''s'",
    "ExpandString '%PATH%'",
    "MultiString [string[]]@('a', 'b')",
    'Binary [byte[]]@(1, 255)',
    'Binary [byte[]]@(1, 2)',
  ]);
});

it.each(['InstallMSI', 'UninstallMSI'])('%s checks its options and properties', (name) => {
  const install = (inputs: object) => judge(name, { path: 'C:\\a.msi', ...inputs });
  expect(install({ reboot: 'force', logOptions: '*VX', logFile: 'a.log' })).toBe('ok');
  expect(install({ properties: { COMPANYNAME: '"Amazon Web Services"', N: 1 } })).toBe('ok');
  expect(install({ reboot: 'Maybe' })).toContain('one of Allow, Force, Skip');
  expect(install({ logOptions: 'z' })).toContain('flags out of');
  expect(install({ logFile: 'a".log' })).toContain('without `"`');
  expect(install({ properties: { Reboot: 'Suppress' } })).toBe('The property Reboot cannot be set.');
  expect(install({ properties: { REINSTALL: 'ALL' } })).toContain('cannot be set');
  expect(install({ properties: { 'A B': 'x' } })).toContain('not the name of a property');
  expect(install({ properties: { A: '"x" /i "y.msi"' } })).toContain('is written `""`');
  expect(install({ properties: ['a'] })).toContain('a map of texts');
  expect(install({ ignoreAuthenticodeSignatureErrors: 'perhaps' })).toContain('true or false');
  expect(judge(name, { path: 'C:\\a" /x "b.msi' })).toContain('without `"`');
});
