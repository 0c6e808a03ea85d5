import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTime } from '../src/host/proc.ts';
import { output } from '../src/support/process.ts';
import type { Said } from './support/gild.ts';
import { countIdleTime } from './support/idle-time.ts';
import { createRandom, testSeed } from './support/random.ts';
import {
  cgroupsOf,
  descendants,
  entriesOf,
  isAlive,
  mountsAt,
  type Process,
  processesAt,
} from './support/traces.ts';
import { until } from './support/until.ts';
import { openWorkspace, script, smallRecipe, type Workspace } from './support/workspace.ts';

/** For the kernel to end a namespace on a busy machine; it usually takes milliseconds. */
const kernelMs = 60_000;
/** A build takes one to two seconds. */
const hangMs = 240_000;
/** That Ctrl-C may take on a machine with nothing else to do. */
const interruptMs = 3000;
const kills = 50;
const interrupts = 10;
const workers = 2;

const seed = testSeed('kill');
let base: Workspace;
beforeAll(async () => {
  base = await openWorkspace('kill');
});
afterAll(() => base.remove());

describe.each(Array.from({ length: workers }, (_, worker) => worker))(
  'worker %i',
  { concurrent: true },
  (worker) => {
    it('finds nothing left of builds killed at random moments, and the next build succeeds', {
      timeout: 1_800_000,
    }, async () => {
      const random = createRandom(seed + worker);
      const space = await openWorkspace(`kill-${worker}`, join(base.folder, 'base.tar'));
      try {
        const duration = await measure(space);
        for (let round = worker; round < kills; round += workers) {
          const moment = ((round + random()) / kills) * duration;
          const label = `kill ${round} after ${Math.round(moment)} of ${Math.round(duration)} ms`;
          const killed = await buildAndSignal(space, moment, 'SIGKILL');
          expect(await survivors(killed.children, space), label).toEqual([]);
          expect(mountsAt(space.folder), label).toEqual([]);
          const next = await space.gild(build);
          expect(next, `${label}\n${next.stderr}`).toMatchObject({ exitCode: 0 });
          expect(leftovers(space, killed.lease), label).toEqual([]);
        }
        const statuses = await runStatuses(space);
        process.stdout.write(
          `worker ${worker}: ${JSON.stringify(statuses)}, a build takes ${Math.round(duration)} ms\n`,
        );
        expect(Object.keys(statuses).sort()).toEqual(['lost', 'success']);
        expect(await output(['python3', '-c', integrity, join(space.home, 'gild.db')])).toBe('ok\n');
      } finally {
        await space.remove();
      }
    });
  },
);

describe('Ctrl-C', () => {
  it('ends a build at any moment within three seconds, and nothing is left', {
    timeout: 900_000,
  }, async () => {
    const random = createRandom(seed + workers);
    const duration = await measure(base);
    for (let round = 0; round < interrupts; round++) {
      const moment = ((round + random()) / interrupts) * duration;
      const label = `interrupt ${round} after ${Math.round(moment)} of ${Math.round(duration)} ms`;
      const cancelled = await buildAndSignal(base, moment, 'SIGINT');
      expect(cancelled.idleMs, label).toBeLessThan(interruptMs);
      expect(cancelled.children.filter(isAlive), label).toEqual([]);
      expect(mountsAt(base.folder), label).toEqual([]);
      expect(leftovers(base, cancelled.lease), label).toEqual([]);
      const { exitCode, stderr } = cancelled.said;
      if (!stderr.includes('building')) continue;
      const finished = stderr.includes('run success');
      expect(exitCode, `${label}\n${stderr}`).toBe(finished ? 0 : 130);
      expect(await newestStatus(base), label).toBe(finished ? 'success' : 'cancelled');
    }
  });

  it('given twice, ends a build at once; the next build clears up', async () => {
    const running = start(base, build);
    await until(() => descendants(running.pid).some(({ command }) => command.includes('sleep 100')), hangMs);
    const children = descendants(running.pid);
    const lease = running.lease();
    process.kill(running.pid, 'SIGINT');
    process.kill(running.pid, 'SIGINT');
    expect(await running.ended).toMatchObject({ exitCode: 130 });
    expect(await survivors(children, base)).toEqual([]);
    expect(await base.gild(build)).toMatchObject({ exitCode: 0 });
    expect(leftovers(base, lease)).toEqual([]);
  });
});

const build = ['build', 'recipe.json', '--progress=plain'];

/** Two components and a network of its own: every kind of helper process runs at some moment, in every build. */
const recipe = smallRecipe({
  network: 'on',
  cache: false,
  components: [
    script(
      'mkdir -p /opt/a; dd if=/dev/urandom of=/opt/a/file bs=1M count=2; (setsid sleep 100 &); sleep 0.2',
    ),
    script('echo b > /opt/b', 'second'),
  ],
  tests: [{ name: 'it is there', type: 'file', path: '/opt/b' }],
});

const integrity = `
import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute("pragma integrity_check").fetchone()[0])`;

/** How long a build takes that has its base already; in milliseconds. */
async function measure(space: Workspace): Promise<number> {
  await space.write('recipe.json', recipe);
  expect(await space.gild(build)).toMatchObject({ exitCode: 0 });
  const started = performance.now();
  expect(await space.gild(build)).toMatchObject({ exitCode: 0 });
  return performance.now() - started;
}

interface Signalled {
  readonly said: Said;
  readonly lease: string;
  /** What the build had started when the signal came. */
  readonly children: readonly Process[];
  /** For how long, from the signal to the end, the machine had nothing to do. */
  readonly idleMs: number;
}

/** Stopped for a moment, so that its children can be counted; earlier again where the build was faster than thought. */
async function buildAndSignal(space: Workspace, moment: number, signal: NodeJS.Signals): Promise<Signalled> {
  const running = start(space, build);
  await delay(moment);
  const lease = running.lease();
  if (lease === '') {
    await running.ended;
    return buildAndSignal(space, moment * 0.9, signal);
  }
  process.kill(running.pid, 'SIGSTOP');
  const children = descendants(running.pid);
  const idleTime = countIdleTime();
  process.kill(running.pid, signal);
  process.kill(running.pid, 'SIGCONT');
  const said = await running.ended;
  return { said, lease, children, idleMs: idleTime() };
}

interface Running {
  readonly pid: number;
  /** The end of its lease's name; empty when the process is gone. */
  lease(): string;
  readonly ended: Promise<Said>;
}

function start(space: Workspace, args: readonly string[]): Running {
  let pid = 0;
  const onSpawn = (id: number) => {
    pid = id;
  };
  const ended = space.gild(args, {}, { onSpawn, timeoutMs: hangMs });
  const lease = () => {
    const since = startTime(pid);
    return since === undefined ? '' : `-${pid}-${since}`;
  };
  return { pid, lease, ended };
}

async function survivors(children: readonly Process[], space: Workspace): Promise<readonly Process[]> {
  const alive = () => [...children.filter(isAlive), ...processesAt(space.folder)];
  await until(() => alive().length === 0, kernelMs);
  return alive();
}

function leftovers(space: Workspace, lease: string): string[] {
  return [
    ...entriesOf(space.home, 'scratch'),
    ...entriesOf(space.home, 'leases'),
    ...entriesOf(space.home, 'blobs/incoming'),
    ...cgroupsOf(lease),
  ];
}

async function runStatuses(space: Workspace): Promise<Record<string, number>> {
  const runs: { status: string }[] = JSON.parse((await space.gild(['runs', '--json'])).stdout);
  const counts: Record<string, number> = {};
  for (const { status } of runs) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

async function newestStatus(space: Workspace): Promise<string> {
  return JSON.parse((await space.gild(['runs', '--json'])).stdout)[0].status;
}
