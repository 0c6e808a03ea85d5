import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLease } from './lease.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'gild-lease-'));
});

afterEach(() => rm(home, { recursive: true, force: true }));

describe('a lease', () => {
  it('is shared by many, and had alone by one', async () => {
    const lease = createLease(home);
    const [first, second] = [await lease.share(), await lease.share()];
    expect(await lease.tryAlone()).toBeUndefined();
    first();
    expect(await lease.tryAlone()).toBeUndefined();
    second();
    const alone = await lease.tryAlone();
    expect(alone).toBeDefined();
    expect(await lease.tryAlone()).toBeUndefined();
    const waiting = lease.share();
    alone?.();
    (await waiting)();
  });

  it('waits no longer than its caller', async () => {
    const lease = createLease(home);
    const alone = await lease.tryAlone();
    await expect(lease.share(AbortSignal.timeout(20))).rejects.toThrow();
    alone?.();
  });

  it('ends with a process that is killed', async () => {
    const script = `
      const { createLease } = await import(${JSON.stringify(join(import.meta.dirname, 'lease.ts'))});
      await createLease(${JSON.stringify(home)}).share();
      process.stdout.write('held');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    await once(child.stdout, 'data');
    const lease = createLease(home);
    expect(await lease.tryAlone()).toBeUndefined();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const alone = await lease.tryAlone();
    expect(alone).toBeDefined();
    alone?.();
  });
});
