import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { output } from '../../support/process.ts';
import { createScriptReader } from './script-reader.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-reader-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('one bash for many scripts', () => {
  const right = [
    'echo "$(date)" > x',
    'case $1 in @(a|b)) echo;; esac',
    'f() {\n  echo }\n}',
    '',
    `echo '${'long '.repeat(14_000)}'`,
    'echo häßlich “quoted”',
  ];
  const wrong = [
    'cat <<E\nno end',
    'if true; then',
    'fi',
    'echo "',
    '}',
    ')',
    'for',
    '[[ a = b',
    'x=$((1+',
    'f() {\n}',
    'a\0b',
  ];

  it('tells each by itself', async () => {
    const reader = createScriptReader();
    const scripts = [...right, ...wrong].flatMap((text) => [text, ...right.slice(0, 2)]);
    const answers = await Promise.all(scripts.map((text) => reader.isRight(text)));
    await reader.close();
    expect(scripts.filter((_text, index) => !answers[index])).toEqual(wrong);
  });

  it('runs nothing of them', async () => {
    const reader = createScriptReader();
    const mark = join(folder, 'ran');
    const texts = [
      `touch ${mark}`,
      `set +n\ntouch ${mark}`,
      `set +n; eval "touch ${mark}"`,
      `}; touch ${mark}; {`,
      `)\ntouch ${mark}\n(`,
      `"\ntouch ${mark}\n"`,
      `$(touch ${mark})`,
      `trap "touch ${mark}" EXIT ERR DEBUG; exit 1`,
    ];
    await Promise.all(texts.map((text) => reader.isRight(text)));
    await reader.close();
    expect(existsSync(mark)).toBe(false);
  });

  it('finds nothing right where bash ends, and starts it anew', async () => {
    const reader = createScriptReader();
    const path = process.env.PATH;
    try {
      const broken = join(folder, 'broken');
      await output(['mkdir', broken]);
      await writeFile(join(broken, 'bash'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
      process.env.PATH = broken;
      expect(await reader.isRight('echo "a"')).toBe(false);
    } finally {
      process.env.PATH = path;
    }
    expect(await reader.isRight('echo "a"')).toBe(true);
    await reader.close();
  });
});
