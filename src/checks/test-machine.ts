import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packBusyboxTree } from '../../test/support/busybox-tree.ts';
import { createHost } from '../host/host.ts';
import type { ContainerConfig } from '../model/buildspec.ts';
import type { Tree } from '../model/tree.ts';
import { createSandbox } from '../platforms/sandbox/sandbox.ts';
import type { Machine } from '../platforms/types.ts';
import { createBlobStore } from '../store/blobs.ts';
import { output } from '../support/process.ts';
import { createTreeStore } from '../trees/tree-store.ts';
import { checks } from './index.ts';

export interface Testbed {
  /** Starts a fresh sandbox machine with its own loopback device. */
  start(): Promise<Machine>;
  close(): Promise<void>;
}

export interface TestbedContent {
  readonly files: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  /** Without a busybox of its own, the image has no program at all. */
  readonly bare?: boolean;
}

/** A store of its own with one small tree in it. */
export async function openTestbed(content: TestbedContent): Promise<Testbed> {
  const home = await mkdtemp(join(tmpdir(), 'gild-checks-'));
  const blobs = createBlobStore(home);
  const host = createHost({ home });
  const trees = createTreeStore({ home, blobs, host });
  const tar = await packTree(home, content);
  const layer = await trees.importRootfs(createReadStream(tar), { epoch: 0, createdBy: 'test' });
  const tree: Tree = { layers: [layer] };
  const platform = createSandbox({ host, trees });
  return {
    start: () => platform.start(tree, { network: 'loopback', limits: {} }),
    close: () => rm(home, { recursive: true, force: true }),
  };
}

export const emptyConfig: ContainerConfig = {
  env: {},
  user: '',
  workingDir: '',
  entrypoint: [],
  cmd: [],
  ports: [],
  labels: {},
};

/** Runs one check as a recipe would ask for it; a refusal of its options counts as its finding. */
export async function runCheck(machine: Machine, type: string, options: Readonly<Record<string, unknown>>) {
  const check = checks.find((each) => each.type === type);
  const parsed = check?.schema.safeParse(options);
  if (!check || !parsed?.success) {
    const issues = parsed?.error?.issues ?? [];
    return `refused: ${issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`;
  }
  const { status, message } = await check.run(parsed.data, { machine, config: emptyConfig });
  return `${status}: ${message}`;
}

async function packTree(home: string, { files, links = {}, bare }: TestbedContent): Promise<string> {
  const folder = join(home, 'content');
  const tar = join(home, 'content.tar');
  await mkdir(folder);
  if (!bare) await packBusyboxTree(folder, tar);
  for (const path of [...Object.keys(files), ...Object.keys(links)]) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
  }
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
  for (const [path, target] of Object.entries(links)) await symlink(target, join(folder, path));
  await output([
    'tar',
    '-C',
    folder,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--sort=name',
    '-cf',
    tar,
    '.',
  ]);
  await rm(folder, { recursive: true });
  return tar;
}
