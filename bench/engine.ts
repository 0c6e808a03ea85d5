import assert from 'node:assert/strict';
import { join } from 'node:path';
import { parseDocument } from '../src/component/document.ts';
import { createDownloads } from '../src/component/download.ts';
import { runPhases } from '../src/component/interpreter.ts';
import type { ComponentDocument } from '../src/model/component.ts';
import { createSandbox } from '../src/platforms/sandbox/sandbox.ts';
import type { Machine } from '../src/platforms/types.ts';
import { packerSteps } from './packer-steps.ts';
import { debianLayer, openStores } from './tree.ts';
import type { Bench, Comparison } from './types.ts';

/** What packages' scripts look like: some forks, some files; about 50 ms of it. */
const work = ['for n in 1 2 3; do sort /var/lib/dpkg/info/*.list | md5sum >/tmp/sum; done', 'cat /tmp/sum'];

const kinds = [
  { what: '20 steps of work', steps: 20, script: work, goal: { ratio: 1.05 }, rounds: 7 },
  { what: '20 steps of `true`', steps: 20, script: ['true'], goal: { ratio: 1.15 }, rounds: 9 },
] as const;

export const engine: Bench = {
  name: 'engine',
  summary: 'steps of a component, against the same scripts run by hand in the same machine',
  async *compare(context) {
    const stores = openStores(context, 'engine-home');
    const tree = { layers: [await debianLayer(context, stores)] };
    const machine = await createSandbox(stores).start(tree, { network: 'off', limits: {} });
    context.atEnd(() => machine.close());
    const downloads = createDownloads({ directory: join(context.folder, 'downloads') });
    for (const { what, steps, script, goal, rounds } of kinds) {
      const document = documentOf(steps, script);
      yield {
        what,
        inside: [
          'ours: the interpreter, from the first step to the last: references, inputs, output to events and memory',
          "peer: the machine's run() of the same scripts with bash, one after the other; a container each, as ours",
        ],
        ours: { name: 'interpreter', run: () => interpret(document, machine, downloads) },
        peer: { name: 'machine.run', run: () => byHand(machine, steps, script) },
        goal,
        rounds,
      } satisfies Comparison;
    }
    const packer = await packerSteps(context, packerCount);
    if (!packer) return;
    const document = documentOf(packerCount, ['true']);
    const run = async () => {
      const own = await createSandbox(stores).start(tree, { network: 'off', limits: {} });
      await interpret(document, own, downloads).finally(() => own.close());
    };
    yield {
      what: `a machine and ${packerCount} steps of \`true\``,
      inside: [
        'both: starting a machine on a base that is there, the steps, and clearing up',
        'peer: the whole `packer build` with a shell provisioner for each step, and docker; nothing is committed',
      ],
      ours: { name: 'interpreter', run },
      peer: packer,
      goal: { ratio: 0.2 },
      rounds: 3,
    };
  },
};

const packerCount = 50;

function documentOf(steps: number, script: readonly string[]): ComponentDocument {
  const commands = script.map((line) => `            - ${JSON.stringify(line)}`).join('\n');
  const texts = Array.from(
    { length: steps },
    (_, index) =>
      `      - name: Step${index}\n        action: ExecuteBash\n        inputs:\n          commands:\n${commands}\n`,
  );
  const text = `schemaVersion: 1.0\nphases:\n  - name: build\n    steps:\n${texts.join('')}`;
  return parseDocument(text, { file: 'bench.yaml', name: 'bench' }).document;
}

async function interpret(
  document: ComponentDocument,
  machine: Machine,
  downloads: ReturnType<typeof createDownloads>,
): Promise<void> {
  const { status } = await runPhases({
    document,
    parameters: {},
    phases: ['build'],
    machine,
    downloads,
    emit: () => undefined,
    stepPrefix: 'component/bench',
  });
  assert.equal(status, 'success');
}

async function byHand(machine: Machine, steps: number, script: readonly string[]): Promise<void> {
  for (let step = 0; step < steps; step++) {
    const { exitCode } = await machine.run({ argv: ['bash', '-c', script.join('\n')] });
    assert.equal(exitCode, 0);
  }
}
