import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../src/model/artifact.ts';
import type { Image } from '../src/model/image.ts';
import { output } from '../src/support/process.ts';
import { almostBootable, bootComponent, darkDisk } from './support/dark-disk.ts';
import { openWorkspace, script, smallRecipe, type Workspace } from './support/workspace.ts';

let space: Workspace;

beforeAll(async () => {
  space = await openWorkspace('odd-disk');
});

afterAll(() => space.remove());

describe('a disk that nobody could boot', () => {
  it('shows what the display showed where a disk does not boot', async () => {
    await darkDisk(space, 'dark.json', { outputs: ['raw'], firmware: ['bios'] });
    const reports = ['--junit', 'dark.xml', '--report', 'report.json'];
    const { exitCode, stdout } = await space.gild(['build', 'dark.json', ...reports]);
    expect(exitCode, stdout).toBe(1);
    const report = JSON.parse(await readFile(join(space.folder, 'report.json'), 'utf8'));
    const [verdict] = report.tests as readonly Verdict[];
    expect(verdict).toMatchObject({
      name: 'boots (BIOS)',
      status: 'failed',
      message: 'The system gave up booting.',
      output: expect.stringContaining('error: premature end of file /boot/vmlinuz-1.'),
    });
    const path = verdict?.screenshot ?? '';
    expect((await readFile(path)).subarray(1, 4).toString()).toBe('PNG');
    expect(stdout).toContain(`display ${path}`);
    const junit = await readFile(join(space.folder, 'dark.xml'), 'utf8');
    expect(junit).toContain(`[[ATTACHMENT|${path}]]`);
  });

  it('keeps what a component asks to keep as Image Builder lets it, also when that is taken from the cache', async () => {
    await space.write('components/bootable-linux/9.0.0.yaml', bootComponent(almostBootable));
    const marks =
      'touch /tmp/skip_cleanup_ssh_files; cd /root; mkdir .ssh; echo stays-in > .ssh/authorized_keys';
    const components = [script(`${marks}; echo taken-out > .netrc`, 'marks')];
    await space.write('marked.json', smallRecipe({ name: 'marked', components, outputs: ['raw'] }));
    for (const version of ['1.0.0', '1.0.1']) {
      const { exitCode, stdout, stderr } = await space.gild(['build', 'marked.json', '--output', version]);
      expect(exitCode, stderr).toBe(0);
      expect(stderr + stdout).toContain('Disks keep ssh-host-keys and ssh-user-keys: `component/marks` left');
      const raw = join(space.folder, version, `marked-${version}.raw`);
      expect(await output(['grep', '-aoE', 'stays-in|taken-out', raw])).toBe('stays-in\n');
      const { keeps } = JSON.parse((await space.gild(['inspect', 'marked', '--json'])).stdout) as Image;
      expect(keeps).toEqual(['ssh-host-keys', 'ssh-user-keys']);
    }
  });
});
