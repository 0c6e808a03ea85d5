import { expect, it } from 'vitest';
import type { OperatingSystem } from '../model/operating-system.ts';
import { actions, findAction } from './actions/index.ts';
import { readInputs } from './inputs.ts';
import { platformProblems } from './platform-fit.ts';

function problems(name: string, inputs: unknown, os: OperatingSystem): string[] {
  const action = findAction(name);
  if (!action) throw new Error(name);
  expect(readInputs(action, inputs, 'written').problems).toEqual([]);
  return platformProblems(action, inputs, os).map(({ path, message }) => [...path, message].join(' '));
}

it('a document may name every module, and each says on which systems it works', () => {
  const on = (os: OperatingSystem) =>
    Object.values(actions)
      .filter(({ platforms }) => platforms.includes(os))
      .map(({ name }) => name);
  expect(on('linux')).not.toContain('SetRegistry');
  expect(on('linux')).toContain('ExecutePowerShell');
  expect(on('macos')).not.toContain('UpdateOS');
  expect(on('windows')).not.toContain('CreateSymlink');
  expect(problems('InstallMSI', { path: 'C:\\a.msi' }, 'linux')).toEqual([
    'InstallMSI works on Windows only, not on Linux.',
  ]);
  expect(problems('InstallMSI', { path: 'C:\\a.msi' }, 'windows')).toEqual([]);
});

it('paths are those of the system, where they are known', () => {
  const inputs = [{ path: 'C:\\Temp\\' }, { path: '/tmp/x' }, { path: '{{ build.One.outputs.stdout }}' }];
  expect(problems('CreateFolder', inputs, 'linux')).toEqual([
    '0 path `C:\\Temp\\` is a path of Windows, and the machine runs Linux.',
  ]);
  expect(problems('CreateFolder', inputs, 'windows')).toEqual([
    '1 path `/tmp/x` is no path of Windows, and the machine runs Windows.',
  ]);
});

it('owners and permissions are an error on Windows', () => {
  const inputs = [{ path: 'C:\\a', owner: 'x', group: 'y', permissions: '0644' }];
  expect(problems('CreateFile', inputs, 'windows')).toEqual([
    '0 owner CreateFile has no `owner` on Windows.',
    '0 group CreateFile has no `group` on Windows.',
    '0 permissions CreateFile has no `permissions` on Windows.',
  ]);
});
