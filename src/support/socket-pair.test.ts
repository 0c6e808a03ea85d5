import { describe, expect, it } from 'vitest';
import { runProcess } from './process.ts';

const megabytes = 20;
const writes = ['head', '--bytes', String(megabytes * 1_000_000), '/dev/zero'];

describe('output that is taken piece by piece', () => {
  it('is all there, and waits while it is not wanted', async () => {
    let size = 0;
    let taking = 0;
    const { exitCode } = await runProcess(writes, {
      takeStdout: async (bytes) => {
        expect(++taking).toBe(1);
        await new Promise(setImmediate);
        size += bytes.length;
        taking--;
      },
    });
    expect({ exitCode, size }).toEqual({ exitCode: 0, size: megabytes * 1_000_000 });
  });

  it('may be none at all', async () => {
    const takeStdout = () => Promise.reject(new Error('there is nothing to take'));
    expect(await runProcess(['true'], { takeStdout })).toEqual({ exitCode: 0, timedOut: false });
  });

  it('ends the program where it cannot be taken, with what went wrong', async () => {
    const takeStdout = () => Promise.reject(new Error('no space'));
    await expect(runProcess(['yes'], { takeStdout })).rejects.toThrow('no space');
  });

  it('ends with the program that is stopped', async () => {
    const stop = new AbortController();
    const takeStdout = async () => stop.abort(new Error('enough'));
    await expect(runProcess(['yes'], { takeStdout, signal: stop.signal })).rejects.toThrow('enough');
  });

  it('needs a program', async () => {
    const run = runProcess(['/no/such/program'], { takeStdout: async () => undefined });
    await expect(run).rejects.toMatchObject({ code: 'HOST_TOOL_MISSING' });
  });
});
