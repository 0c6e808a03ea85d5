import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDisposer } from '../src/support/disposer.ts';
import { badInput } from './bad-input.ts';
import { cache } from './cache.ts';
import { changedImage } from './changed-image.ts';
import { coldBuild } from './cold-build.ts';
import { componentParse } from './component-parse.ts';
import { disk } from './disk.ts';
import { engine } from './engine.ts';
import { exports } from './exports.ts';
import { formats } from './formats.ts';
import { lookAtMachine } from './machine.ts';
import { measure } from './measure.ts';
import { startUp } from './start-up.ts';
import { machineText, table } from './table.ts';
import type { Bench, BenchContext, Result } from './types.ts';

const benches: readonly Bench[] = [
  engine,
  componentParse,
  exports,
  disk,
  formats,
  startUp,
  badInput,
  cache,
  changedImage,
  coldBuild,
];

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, json: { type: 'boolean', default: false } },
});
const chosen = choose(options.only);
const say = (line: string) => void (options.json ? console.error(line) : console.log(line));

const before = await lookAtMachine();
say(machineText(before));
const results: Result[] = [];
for (const bench of chosen) {
  say(`\n${bench.name}: ${bench.summary}`);
  results.push(...(await runBench(bench)));
}
const after = await lookAtMachine();
say(`\n${table(results)}\n\nat the end: ${machineText(after)}`);
if (options.json) console.log(JSON.stringify({ before, after, results }, undefined, 2));

async function runBench(bench: Bench): Promise<Result[]> {
  const disposer = createDisposer();
  const folder = await mkdtemp(join(tmpdir(), 'gild-bench-'));
  disposer.add(() => rm(folder, { recursive: true, force: true }));
  const context: BenchContext = {
    folder,
    cache: join(import.meta.dirname, '../node_modules/.cache/gild-bench'),
    note: (line) => say(`  ${line}`),
    atEnd: (release) => disposer.add(release),
  };
  const done: Result[] = [];
  try {
    for await (const comparison of bench.compare(context)) {
      const result = await measure(bench.name, comparison);
      say(`  ${comparison.what}: ${result.ratio.toFixed(2)} x`);
      for (const line of comparison.inside) say(`    ${line}`);
      done.push(result);
    }
  } finally {
    await disposer.dispose();
  }
  return done;
}

function choose(only: string | undefined): readonly Bench[] {
  if (only === undefined) return benches;
  return only.split(',').map((name) => {
    const bench = benches.find((candidate) => candidate.name === name.trim());
    if (bench) return bench;
    throw new Error(
      `There is no bench ${name}; there are: ${benches.map((known) => known.name).join(', ')}.`,
    );
  });
}
