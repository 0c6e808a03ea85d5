import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BuildOutcome } from '../src/build/types.ts';
import type { CacheMode } from '../src/cache/types.ts';
import { toGildError } from '../src/support/errors.ts';
import { type Damage, damageSomething } from './support/damage.ts';
import { buildHere, useHome } from './support/in-process.ts';
import { createRandom, testSeed } from './support/random.ts';
import { openWorkspace, script, smallRecipe, type Workspace } from './support/workspace.ts';

const rounds = Number(process.env.GILD_TEST_CORRUPTIONS ?? 20);
const roundMs = 60_000;

let space: Workspace;
let recipe: string;
let leaveHome: () => void;

beforeAll(async () => {
  space = await openWorkspace('corruptions');
  leaveHome = useHome(space.home);
  recipe = await space.write(
    'recipe.json',
    smallRecipe({
      name: 'corrupted',
      version: '1.0.0',
      files: [{ content: 'name\n', to: '/etc/name' }],
      components: [
        script('cat /etc/* > /etc/first; rm /usr/bin/yes', 'first'),
        script('cat /etc/* > /etc/second; ls -lR /bin > /etc/list', 'second'),
      ],
      tests: [{ name: 'it is there', type: 'file', path: '/etc/second', contains: 'name' }],
      outputs: ['oci', 'rootfs'],
    }),
  );
});
afterAll(async () => {
  leaveHome();
  await space.remove();
});

/** What of a build is made again whatever the cache says: so that all kinds of content are read. */
const modes: readonly CacheMode[] = [
  {},
  {},
  { anew: { from: 'files' } },
  { anew: { from: 'component/second' } },
  { anew: { from: 'component/second' } },
  { retest: true },
];

/** What may be said of a home in which nothing can be put right: its database. */
const clearErrors = ['STORE_DAMAGED', 'STORE_TOO_NEW', 'STORE_UNAVAILABLE'];

it(`uses nothing of what was damaged at random, ${rounds} times`, { timeout: rounds * roundMs }, async () => {
  const random = createRandom(testSeed('corruptions'));
  const right = await contentOf(await buildHere(recipe, {}));
  const outcomes: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const mode = modes[Math.floor(random() * modes.length)] ?? {};
    const damage = damageSomething(space.home, random);
    const label = `round ${round}: ${damage.what}, then ${JSON.stringify(mode)}`;
    const outcome = await roundOf(damage, mode, label, right);
    outcomes.push(`${damage.group}: ${outcome}`);
  }
  const counts = [...Map.groupBy(outcomes.sort(), (outcome) => outcome)];
  process.stdout.write(`${counts.map(([outcome, all]) => `${outcome} ${all.length}`).join('\n')}\n`);
});

async function roundOf(damage: Damage, mode: CacheMode, label: string, right: object): Promise<string> {
  const warnings: string[] = [];
  try {
    const outcome = await buildHere(recipe, {
      cache: mode,
      emit: (event) => event.type === 'warning' && warnings.push(event.code),
    });
    expect(await contentOf(outcome), label).toEqual(right);
    return warnings.includes('STORE_DAMAGED') ? 'warned' : 'right';
  } catch (thrown) {
    const { code, message } = toGildError(thrown);
    expect(clearErrors, `${label}: ${code} ${message}\n${(thrown as Error).stack}`).toContain(code);
    damage.undo();
    expect(await contentOf(await buildHere(recipe, {})), `after ${label}`).toEqual(right);
    return code;
  }
}

/** Digests of what was made, and of the bytes that lie in the store under their names. */
async function contentOf({ artifacts, verdicts, status }: BuildOutcome): Promise<object> {
  const blobs = [...new Set(artifacts.flatMap((artifact) => artifact.blobs))].sort();
  const bytes = blobs.map(async (blob) => {
    const content = await readFile(join(space.home, 'blobs/sha256', blob.slice('sha256:'.length)));
    return `sha256:${createHash('sha256').update(content).digest('hex')}`;
  });
  return {
    artifacts: artifacts.map(({ type, digest }) => [type, digest]),
    blobs,
    bytes: await Promise.all(bytes),
    verdicts: verdicts.map((verdict) => verdict.status),
    status,
  };
}
