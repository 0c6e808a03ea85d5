import { describe, expect, it } from 'vitest';
import { output, runProcess } from '../support/process.ts';
import { inTurn, runInTurn } from './in-turn.ts';

const here = (argv: readonly string[]) => argv;

describe('commands in turn', () => {
  it('run as one program, each with its own words', async () => {
    const many = Array.from({ length: 30 }, (_, index) => String(index));
    const argv = inTurn([
      ['busybox', 'echo', ...many],
      ['busybox', 'true'],
      ['busybox', 'echo', 'then'],
    ]);
    expect(await output(argv)).toBe(`${many.join(' ')}\nthen\n`);
  });

  it('take words as they are, whatever a shell would make of them', async () => {
    const words = [
      '$(echo x)',
      '`echo x`',
      '"; echo x; "',
      "it's",
      '',
      ' a  b ',
      '*',
      '\\',
      '3',
      'two\nlines',
      '--',
    ];
    const argv = inTurn([['busybox', 'printf', '[%s]', ...words]]);
    expect(await output(argv)).toBe(words.map((word) => `[${word}]`).join(''));
  });

  it('end with the first that fails, as that did', async () => {
    const argv = inTurn([
      ['busybox', 'sh', '-c', 'exit 7'],
      ['busybox', 'echo', 'never'],
    ]);
    const out: Buffer[] = [];
    const { exitCode } = await runProcess(argv, { onStdout: (chunk) => out.push(chunk) });
    expect({ exitCode, out: Buffer.concat(out).toString() }).toEqual({ exitCode: 7, out: '' });
  });

  it('say what the one that failed said', async () => {
    const running = runInTurn([['busybox', 'rmdir', '/no such folder']], here);
    await expect(running).rejects.toMatchObject({
      code: 'HOST_UNSUPPORTED',
      message: expect.stringContaining('/no such folder'),
    });
  });
});
