import { link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHost } from '../src/host/host.ts';
import { findProgram } from '../src/host/programs.ts';
import { removeTree } from '../src/host/remove-tree.ts';
import { output, runProcess } from '../src/support/process.ts';
import { debianTar } from './base-tree.ts';
import { repository } from './start-up.ts';
import type { Bench, BenchContext, Side } from './types.ts';

/** The same words on both sides; both fetch the packages from Debian's archive. */
const install = 'apt-get update && apt-get install -y --no-install-recommends nginx';

const bases = { imported: 'on a base that is there', fresh: 'with the import of the base' } as const;

export const coldBuild: Bench = {
  name: 'cold-build',
  summary: 'Debian, nginx and a page, against podman build; nothing cached but where said',
  async *compare(context) {
    if (!findProgram('packer')) context.note('packer: not installed, skipped');
    const podman = findProgram('podman');
    if (!podman || process.getuid?.() !== 0) {
      context.note(`podman: ${podman ? 'needs root here' : 'not installed'}, skipped`);
      return;
    }
    await writeInputs(context);
    for (const [base, what] of Object.entries(bases)) {
      yield {
        what: `cold build ${what}`,
        inside: [
          `both: the network, \`${install}\`, a copied file; ${what}`,
          'ours: gild build from the start of the process: resolve, layers in zstd, OCI artifact, record, package list',
          'peer: podman build in the same way: layers in its store, uncompressed; runc, the network of the host',
        ],
        ours: gildSide(context, base === 'imported'),
        peer: podmanSide(context, base === 'imported'),
        goal: { ratio: 1 },
        rounds: 2,
        warmUp: false,
      };
    }
  },
};

async function writeInputs(context: BenchContext): Promise<void> {
  const { folder } = context;
  const tar = await debianTar(context);
  await link(tar, join(folder, 'base.tar')).catch(() => output(['cp', tar, join(folder, 'base.tar')]));
  await writeFile(join(folder, 'index.html'), '<h1>bench</h1>\n');
  const steps = `RUN ${install}\nCOPY index.html /var/www/html/index.html\n`;
  await writeFile(join(folder, 'Containerfile.fresh'), `FROM scratch\nADD base.tar /\n${steps}`);
  await writeFile(join(folder, 'Containerfile.imported'), `FROM localhost/base\n${steps}`);
  const recipe = { name: 'bench', version: '1.0.x', base: 'rootfs:./base.tar' };
  const component = { name: 'nginx', steps: [{ run: install }] };
  const files = [{ from: 'index.html', to: '/var/www/html/index.html' }];
  const whole = { ...recipe, components: [component], files, outputs: [{ type: 'oci' }] };
  await writeFile(join(folder, 'recipe.json'), JSON.stringify(whole));
  await writeFile(join(folder, 'base-only.json'), JSON.stringify({ ...recipe, outputs: [{ type: 'oci' }] }));
}

function gildSide({ folder }: BenchContext, imported: boolean): Side {
  const home = join(folder, 'gild-home');
  const build = (recipe: string) =>
    output([process.execPath, join(repository, 'bin/gild.js'), 'build', join(folder, recipe)], {
      env: { HOME: folder, GILD_HOME: home, CI: 'true' },
    });
  return {
    name: 'gild build',
    prepare: async () => {
      if (imported) await build('base-only.json');
    },
    run: () => build('recipe.json'),
    tidy: () => removeTree(createHost({ home: `${home}-none` }), home),
  };
}

function podmanSide({ folder }: BenchContext, imported: boolean): Side {
  const home = join(folder, 'podman');
  const podman = (...args: readonly string[]) =>
    output(['podman', ...podmanFlags(home), ...args], { env: { HOME: folder } });
  return {
    name: 'podman build',
    prepare: async () => {
      await mkdir(home, { recursive: true });
      if (imported) await podman('import', '--quiet', join(folder, 'base.tar'), 'localhost/base');
    },
    run: () => {
      const file = join(folder, `Containerfile.${imported ? 'imported' : 'fresh'}`);
      return podman('build', '--network=host', ...podmanLimits, `--file=${file}`, '--tag=bench', folder);
    },
    tidy: async () => {
      await runProcess(['umount', '--lazy', join(home, 'root/overlay')]);
      await output(['rm', '-rf', '--one-file-system', home]);
    },
  };
}

/** With these, podman works in places that are containers themselves. */
export const podmanLimits: readonly string[] = ['--ulimit=nofile=1024:1024', '--ulimit=nproc=1024:1024'];

export function podmanFlags(home: string): string[] {
  const folders = ['root', 'runroot', 'tmpdir'].map((name) => `--${name}=${join(home, name)}`);
  return [...folders, '--runtime=runc', '--cgroup-manager=cgroupfs', '--storage-driver=overlay'];
}
