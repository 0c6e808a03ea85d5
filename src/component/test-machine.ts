import { createReadStream } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createHost } from '../host/host.ts';
import { removeTree } from '../host/remove-tree.ts';
import type { EventBody } from '../model/events.ts';
import type { Tree } from '../model/tree.ts';
import { createSandbox } from '../platforms/sandbox/sandbox.ts';
import type { Machine, MachineOptions } from '../platforms/types.ts';
import { createBlobStore } from '../store/blobs.ts';
import { output } from '../support/process.ts';
import { createTreeStore } from '../trees/tree-store.ts';
import { parseDocument } from './document.ts';
import { createDocumentSource } from './documents.ts';
import { createDownloads, type DownloadOptions } from './download.ts';
import { createComponentFinder } from './finder.ts';
import { type RunPhasesOptions, runPhases } from './interpreter.ts';
import type { DocumentResult } from './records.ts';

export interface TestMachines {
  readonly home: string;
  /** On an image with no program at all. */
  bare(options?: Partial<MachineOptions>): Promise<Machine>;
  /** On an image whose only program is bash, with the account `app` (1234, group 2345). */
  withBash(options?: Partial<MachineOptions>): Promise<Machine>;
  /** On an image whose only program is busybox, under the names of all its applets. */
  withBusybox(options?: Partial<MachineOptions>): Promise<Machine>;
  /** On the root file system in a tar. */
  on(tar: string, options?: Partial<MachineOptions>): Promise<Machine>;
  release(): Promise<void>;
}

/** Real sandboxes over real trees, in a home of their own. */
export async function createTestMachines(): Promise<TestMachines> {
  const home = await mkdtemp(join(tmpdir(), 'gild-component-'));
  const host = createHost({ home });
  const trees = createTreeStore({ home, host, blobs: createBlobStore(home) });
  const platform = createSandbox({ host, trees });
  const open: Machine[] = [];
  const start = async (tree: Tree, options: Partial<MachineOptions> = {}) => {
    const machine = await platform.start(tree, { network: 'off', limits: {}, ...options });
    open.push(machine);
    return machine;
  };
  const load = async (tar: string): Promise<Tree> => ({
    layers: [await trees.importRootfs(createReadStream(tar), { epoch: 1_700_000_000, createdBy: 'test' })],
  });
  let bash: Promise<Tree> | undefined;
  return {
    home,
    bare: (options) => start({ layers: [] }, options),
    withBash: async (options) => {
      bash ??= packBash().then(load);
      return start(await bash, options);
    },
    withBusybox: async (options) => start(await packBusybox().then(load), options),
    on: async (tar, options) => start(await load(tar), options),
    release: async () => {
      for (const machine of open) await machine.close();
      await removeTree(host, home);
      await rm(home, { recursive: true, force: true });
    },
  };

  async function packBusybox(): Promise<string> {
    const folder = join(home, 'busybox-tree');
    await mkdir(join(folder, 'bin'), { recursive: true });
    await mkdir(join(folder, 'etc'));
    await cp('/bin/busybox', join(folder, 'bin/busybox'), { dereference: true });
    for (const name of (await output(['busybox', '--list'])).split('\n').filter(Boolean)) {
      if (name !== 'busybox') await symlink('busybox', join(folder, 'bin', name));
    }
    await writeFile(join(folder, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n');
    await writeFile(join(folder, 'etc/group'), 'root:x:0:\n');
    return pack(folder);
  }

  async function packBash(): Promise<string> {
    const folder = join(home, 'bash-tree');
    const libraries = (await output(['ldd', '/bin/bash'])).match(/\/\S+/g) ?? [];
    for (const path of ['/bin/bash', '/usr/lib/locale/C.utf8', ...libraries]) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await cp(path, join(folder, path), { dereference: true, recursive: true });
    }
    await mkdir(join(folder, 'etc'));
    await mkdir(join(folder, 'tmp'), { mode: 0o777 });
    await writeFile(
      join(folder, 'etc/passwd'),
      'root:x:0:0::/root:/bin/bash\napp:x:1234:2345::/:/bin/bash\n',
    );
    await writeFile(join(folder, 'etc/group'), 'root:x:0:\napp:x:2345:\nstaff:x:50:\n');
    return pack(folder);
  }

  async function pack(folder: string): Promise<string> {
    const tar = `${folder}.tar`;
    await output(['tar', '-C', folder, '--owner=0', '--group=0', '--numeric-owner', '-cf', tar, '.']);
    return tar;
  }
}

export interface Ran {
  readonly result: DocumentResult;
  readonly events: readonly EventBody[];
  /** Everything a step wrote, its notes included, in order. */
  readonly log: readonly string[];
}

/** Runs the phases of a document that is written as steps of the phase `build`, or whole. */
export async function runDocument(
  machine: Machine,
  text: string,
  options: Partial<RunPhasesOptions> & {
    readonly downloading?: Partial<DownloadOptions>;
    readonly file?: string;
  } = {},
): Promise<Ran> {
  const whole = text.includes('schemaVersion')
    ? text
    : `schemaVersion: 1.0\nphases:\n  - name: build\n    steps:\n${text}`;
  const { document } = parseDocument(whole, { file: options.file ?? 'test.yaml', name: 'test' });
  const events: EventBody[] = [];
  const directory = await mkdtemp(join(tmpdir(), 'gild-downloads-'));
  const downloads = createDownloads({ directory, ...options.downloading });
  try {
    const result = await runPhases({
      document,
      parameters: Object.fromEntries(document.parameters.map(({ name, value = '' }) => [name, value])),
      phases: ['build', 'validate'],
      machine,
      downloads,
      documents: createDocumentSource({
        finder: createComponentFinder({ folders: [] }),
        fetchObject: (object) => downloads.s3.fetch(object, {}),
      }),
      emit: (event) => events.push(event),
      stepPrefix: 'component/test',
      ...options,
    });
    const log = events.flatMap((event) => (event.type === 'step.output' ? event.lines : []));
    return { result, events, log };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Runs a script of the toolbox in the machine and returns what it wrote. */
export async function look(machine: Machine, script: string): Promise<string> {
  const chunks: Buffer[] = [];
  const collect = (chunk: Buffer) => void chunks.push(chunk);
  await machine.run({ argv: [...machine.toolbox, 'sh', '-c', script], onStdout: collect, onStderr: collect });
  return Buffer.concat(chunks).toString();
}
