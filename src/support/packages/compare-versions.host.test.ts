import { describe, expect, it } from 'vitest';
import { createRandom, testSeed } from '../../../test/support/random.ts';
import { output } from '../process.ts';
import { compareDebian } from './compare-versions.ts';

const seed = testSeed('package versions');

describe('package versions against dpkg', () => {
  it('agrees with dpkg on random pairs and on neighbours of the installed packages', async () => {
    const random = createRandom(seed);
    const installed = (await output(['dpkg-query', '--show']))
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[1] ?? '');
    const pairs = [
      ...Array.from({ length: 800 }, () => [randomVersion(random), randomVersion(random)] as const),
      ...Array.from({ length: 200 }, () => {
        const version = installed[Math.floor(random() * installed.length)] ?? '1';
        return [version, mutate(version, random)] as const;
      }),
    ];
    const verdicts = await askDpkg(pairs);
    const differing = pairs.filter(([a, b], index) => sign(compareDebian(a, b)) !== verdicts[index]);
    expect(differing).toEqual([]);
  });
});

async function askDpkg(pairs: readonly (readonly [string, string])[]): Promise<(string | undefined)[]> {
  const script =
    'while read -r a b; do if dpkg --compare-versions "$a" lt "$b"; then echo "<"; elif dpkg --compare-versions "$a" gt "$b"; then echo ">"; else echo "="; fi; done';
  const stdin = Buffer.from(pairs.map(([a, b]) => `${a} ${b}\n`).join(''));
  return (await output(['sh', '-c', script], { stdin })).trim().split('\n');
}

function sign(value: number): string {
  return value < 0 ? '<' : value > 0 ? '>' : '=';
}

function randomVersion(random: () => number): string {
  const epoch = random() < 0.2 ? `${Math.floor(random() * 3)}:` : '';
  const upstream = `${Math.floor(random() * 3)}${randomText(random, '0129.+~aZz', 5)}`;
  const revision = random() < 0.5 ? `-${randomText(random, '019.+~ab', 3)}0` : '';
  return `${epoch}${upstream}${revision}`;
}

function mutate(version: string, random: () => number): string {
  const at = 1 + Math.floor(random() * (version.length - 1));
  const colon = version.indexOf(':');
  if (at <= colon + 1) return `${version}+b1`;
  return `${version.slice(0, at)}${randomText(random, '019.+~a', 2)}${version.slice(at)}`;
}

function randomText(random: () => number, alphabet: string, longest: number): string {
  const length = Math.floor(random() * (longest + 1));
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
}
