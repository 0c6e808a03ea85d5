import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryLock, withFileLock } from './lock.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-lock-'));
  path = join(folder, 'locks', 'one.lock');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a lock on a file', () => {
  it('lets one in after the other, and leaves an empty file', async () => {
    let inside = 0;
    const work = async () => {
      inside++;
      expect(inside).toBe(1);
      await stat(folder);
      inside--;
    };
    await Promise.all([1, 2, 3].map(() => withFileLock(path, work)));
    expect((await stat(path)).size).toBe(0);
  });

  it('is given back by work that fails', async () => {
    const failing = withFileLock(path, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await withFileLock(path, async () => 'yes')).toBe('yes');
  });

  it('is waited for no longer than the caller wants', async () => {
    const waiting = withFileLock(path, () =>
      withFileLock(path, async () => undefined, AbortSignal.timeout(20)),
    );
    await expect(waiting).rejects.toThrow();
  });

  it('ends with a process that is killed, whatever its children do', async () => {
    const script = `
      const { withFileLock } = await import(${JSON.stringify(join(import.meta.dirname, 'lock.ts'))});
      const { spawn } = await import('node:child_process');
      await withFileLock(${JSON.stringify(path)}, async () => {
        spawn('sleep', ['60'], { stdio: 'inherit' });
        process.stdout.write('held');
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { detached: true });
    try {
      await once(child.stdout, 'data');
      expect(await tryLock(path, 'alone')).toBeUndefined();
      child.kill('SIGKILL');
      await once(child, 'exit');
      const release = await tryLock(path, 'alone');
      expect(release).toBeDefined();
      release?.();
    } finally {
      process.kill(-(child.pid as number), 'SIGKILL');
    }
  });

  it('says so where the file cannot be locked', async () => {
    await expect(tryLock(folder, 'alone')).rejects.toMatchObject({ code: 'HOST_UNSUPPORTED' });
  });
});
