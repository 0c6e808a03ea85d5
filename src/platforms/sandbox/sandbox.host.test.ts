import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHost } from '../../host/host.ts';
import { makeNamespaceFolder } from '../../host/namespace-folder.ts';
import { findProgram } from '../../host/programs.ts';
import { removeTree } from '../../host/remove-tree.ts';
import type { Host } from '../../host/types.ts';
import type { Layer } from '../../model/tree.ts';
import { runProcess } from '../../support/process.ts';
import type { TreeStore } from '../../trees/types.ts';
import { describeMachines } from '../machine-suite.ts';
import { createSandbox } from './sandbox.ts';

describeMachines('sandbox', async () => {
  const home = mkdtempSync(join(tmpdir(), 'gild-sandbox-'));
  const host = createHost({ home });
  const trees = folderTrees(host);
  const base = await trees.add((folder) => busyboxSystem(folder));
  return {
    platform: createSandbox({ host, trees: trees.store }),
    tree: { layers: [base] },
    limits: (await host.facts()).limits,
    makeShared: () => makeNamespaceFolder(host, join(home, `shared-${randomBytes(4).toString('hex')}`)),
    release: () => removeHome(host, home),
  };
});

describe('a sandbox over a hostile image', () => {
  for (const name of ['dev', 'proc', 'sys', 'etc']) {
    it(`refuses to start where /${name} is a link`, async () => {
      const home = mkdtempSync(join(tmpdir(), 'gild-sandbox-'));
      const host = createHost({ home });
      const trees = folderTrees(host);
      const base = await trees.add((folder) => {
        busyboxSystem(folder);
        rmSync(join(folder, name), { recursive: true, force: true });
        symlinkSync('/tmp', join(folder, name));
      });
      const platform = createSandbox({ host, trees: trees.store });
      const start = platform.start({ layers: [base] }, { network: 'off', limits: {} });
      await expect(start).rejects.toMatchObject({ code: 'ARCHIVE_REFUSED' });
      await removeHome(host, home);
    });
  }

  it('mounts hundreds of layers', async () => {
    const home = mkdtempSync(join(tmpdir(), 'gild-sandbox-'));
    const host = createHost({ home });
    const trees = folderTrees(host);
    const layers = [await trees.add((folder) => busyboxSystem(folder))];
    for (let index = 0; index < 300; index++) {
      layers.push(await trees.add((folder) => writeFileSync(join(folder, `file-${index}`), String(index))));
    }
    const machine = await createSandbox({ host, trees: trees.store }).start(
      { layers },
      { network: 'off', limits: {} },
    );
    const out: Buffer[] = [];
    await machine.run({ argv: ['cat', '/file-0', '/file-299'], onStdout: (chunk) => out.push(chunk) });
    expect(Buffer.concat(out).toString()).toBe('0299');
    await machine.close();
    await removeHome(host, home);
  });
});

/** The smallest tree store that can carry a machine: layers are folders, and nothing else. */
function folderTrees(host: Host): { store: TreeStore; add(fill: (folder: string) => void): Promise<Layer> } {
  const folders = new Map<string, string>();
  const folder = () => join(host.home, `layer-${folders.size}`);
  const keep = (path: string): Layer => {
    const diffId = `sha256:${randomBytes(32).toString('hex')}` as const;
    folders.set(diffId, path);
    return { diffId, blob: diffId, size: 0, unpackedSize: 0, compression: 'zstd', createdBy: 'test' };
  };
  const store = {
    directories: async (layers: readonly Layer[]) => layers.map(({ diffId }) => folders.get(diffId) ?? ''),
    adopt: async (takeUpper: () => Promise<string>) => {
      const path = folder();
      await rename(await takeUpper(), path);
      return keep(path);
    },
  };
  return {
    store: store as unknown as TreeStore,
    add: async (fill) => {
      const { rootless, ids } = await host.facts();
      const path = folder();
      mkdirSync(path);
      fill(path);
      if (!rootless) await runProcess(['chown', '-Rh', `${ids.uid}:${ids.gid}`, path]);
      return keep(path);
    },
  };
}

function busyboxSystem(folder: string): void {
  for (const name of ['bin', 'dev', 'etc', 'proc', 'root', 'sys', 'tmp', 'usr/sbin', 'run']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  chmodSync(join(folder, 'tmp'), 0o1777);
  writeFileSync(
    join(folder, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\napp:x:1234:2345::/srv/app:/bin/sh\n',
  );
  writeFileSync(join(folder, 'etc/group'), 'root:x:0:\napps:x:2345:\nextra:x:77:app\n');
  const applets = execFileSync('busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n');
  copyFileSync(findProgram('busybox') ?? '', join(folder, 'bin/busybox'));
  for (const applet of applets) if (applet !== 'busybox') symlinkSync('busybox', join(folder, 'bin', applet));
}

async function removeHome(host: Host, home: string): Promise<void> {
  await removeTree(host, home);
}
