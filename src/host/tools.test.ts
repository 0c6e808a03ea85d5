import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findProgram, findTools, isStatic, purposesHere } from './tools.ts';
import { planInstall } from './tools-install.ts';
import { hostTools } from './tools-table.ts';

describe('the table of host tools', () => {
  it('names a Debian package for every tool', () => {
    expect(hostTools.filter((tool) => tool.packages['apt-get'] === undefined)).toEqual([]);
  });
});

describe('purposesHere', () => {
  it('asks for help with user ids only where Gild is not root', () => {
    expect(purposesHere(false, 0)).toEqual(['build', 'debian', 'network', 'machines']);
    expect(purposesHere(true, 1000)).toEqual(['build', 'debian', 'network', 'machines', 'rootless', 'tests']);
  });
});

describe('findProgram', () => {
  it("looks in the system's folders even if PATH leaves them out", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'here'), '', { mode: 0o755 });
    await writeFile(join(folder, 'not-runnable'), '', { mode: 0o644 });
    expect(findProgram('here', folder)).toBe(join(folder, 'here'));
    expect(findProgram('not-runnable', folder)).toBeUndefined();
    expect(findProgram('sh', folder)).toMatch(/\/sh$/);
  });

  it('takes a runtime that does as well for the one in the table', () => {
    const [crun] = findTools(['build']);
    if (crun?.path !== undefined) expect(crun.path).toMatch(/\/(crun|runc)$/);
  });
});

describe('isStatic', () => {
  it('tells programs that load libraries from those that do not', async () => {
    const folder = await temporaryFolder();
    const program = join(folder, 'program');
    for (const [type, expected] of [
      [3, false],
      [1, true],
    ] as const) {
      await writeFile(program, elf(type));
      expect(isStatic(program)).toBe(expected);
    }
    expect(isStatic(process.execPath)).toBe(false);
  });

  it('takes a script for nothing of the kind', async () => {
    const script = join(await temporaryFolder(), 'script');
    await writeFile(script, '#!/bin/sh\n');
    await symlink(script, `${script}-link`);
    expect(isStatic(`${script}-link`)).toBe(false);
  });
});

describe('planInstall', () => {
  const missing = hostTools.filter((tool) =>
    ['mount', 'unshare', 'nsenter', 'mmdebstrap'].includes(tool.name),
  );

  it('names each package once', () => {
    expect(planInstall(missing, 'apt-get').packages).toEqual(['util-linux', 'mount', 'mmdebstrap']);
  });

  it('says which tools it cannot get', () => {
    expect(() => planInstall(missing, 'zypper')).toThrow('does not know which packages have mmdebstrap');
  });
});

/** The least that a loader would read: a header and one program header of a type. */
function elf(type: number): Buffer {
  const file = Buffer.alloc(64 + 56);
  file.writeUInt32BE(0x7f454c46, 0);
  file[4] = 2;
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(type, 64);
  return file;
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gild-tools-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
