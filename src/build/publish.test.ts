import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BuildSpec } from '../model/buildspec.ts';
import type { EventBody } from '../model/events.ts';
import type { Lock } from '../model/lock.ts';
import type { Layer } from '../model/tree.ts';
import { planBuild } from '../plan/plan.ts';
import { sha256 } from '../support/canonical.ts';
import { runProcess } from '../support/process.ts';
import { openCache } from './cache/open-cache.ts';
import { publishImage } from './publish.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

let folder: string;
let workshop: Workshop;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-publish-'));
  process.env.GILD_HOME = join(folder, 'home');
  workshop = openWorkshop();
});

afterEach(async () => {
  await workshop.close();
  delete process.env.GILD_HOME;
  await rm(folder, { recursive: true });
});

const spec: BuildSpec = {
  name: 'web',
  version: '1.0.0',
  description: '',
  platform: 'sandbox',
  architecture: 'amd64',
  base: { kind: 'scratch', reference: 'scratch', options: {} },
  components: [],
  files: [],
  tests: [],
  outputs: [],
  config: { env: {}, user: '', workingDir: '', entrypoint: [], cmd: [], ports: [], labels: {} },
  secrets: [],
  network: 'off',
  disk: {
    headroom: 0,
    filesystem: 'ext4',
    partitions: [],
    firmware: ['bios'],
    boot: 'grub',
    secureBoot: false,
    kernelOptions: '',
    keep: [],
  },
  limits: {},
  source: { file: '/somewhere/recipe.yaml', directory: '/somewhere' },
};

const lock: Lock = {
  base: { kind: 'scratch', reference: 'scratch', digest: sha256('base'), epoch: 0, pin: {}, config: {} },
  components: [],
  files: [],
};

it('warns of packages that cannot be listed, and publishes', async () => {
  const planned = { spec, lock, plan: planBuild(spec, lock, '1.0.0'), warnings: [], sensitive: [] };
  const tree = { layers: [await layerWith('var/lib/rpm/rpmdb.sqlite')] };
  const events: EventBody[] = [];
  const emit = (event: EventBody) => void events.push(event);
  const image = await publishImage({
    workshop,
    planned,
    runId: 'run-1',
    tree,
    artifacts: [],
    verdicts: [],
    emit,
    cache: openCache(workshop, { run: { id: 'run-1', image: 'web' }, emit, redact: (text) => text }),
  });
  expect(image).toMatchObject({ packages: [], build: 1 });
  expect(events).toEqual([
    {
      type: 'warning',
      code: 'PACKAGES_UNREAD',
      message: 'The packages are in an RPM database, which is not read.',
    },
  ]);
});

async function layerWith(path: string): Promise<Layer> {
  await mkdir(join(folder, 'root', path, '..'), { recursive: true });
  await writeFile(join(folder, 'root', path), 'x');
  const chunks: Buffer[] = [];
  await runProcess(['tar', '-C', join(folder, 'root'), '-cf', '-', '.'], {
    onStdout: (chunk) => chunks.push(chunk),
  });
  const tar = Buffer.concat(chunks);
  const digest = sha256(tar);
  const expected = { blob: digest, diffId: digest, createdBy: 'test' };
  return workshop.trees.importLayer(Readable.from([tar]), expected);
}
