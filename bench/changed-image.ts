import { link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { output } from '../src/support/process.ts';
import { bootableTar } from './base-tree.ts';
import { repository } from './start-up.ts';
import type { Bench, BenchContext, Side } from './types.ts';

const rounds = 5;

export const changedImage: Bench = {
  name: 'changed-image',
  summary: 'a line of the last component changed, to a qcow2 and an OCI image',
  async *compare(context) {
    const tar = await bootableTar(context);
    const base = join(context.folder, 'base.tar');
    await link(tar, base).catch(() => output(['cp', tar, base]));
    yield {
      what: 'changed line to qcow2 and OCI',
      inside: [
        'ours: gild build, the whole process: resolve, plan, the step, its layer; clean-up, disk, qcow2 (zstd); OCI; record',
        'floor: ext4 of 2 GiB from a folder with the same base, then the same format; nothing else',
      ],
      ours: await buildSide(context),
      peer: await floorSide(context, base),
      goal: { seconds: 3 },
      rounds,
    };
  },
};

async function buildSide({ folder }: BenchContext): Promise<Side> {
  const place = join(folder, 'recipe');
  const nothing = {
    schemaVersion: 1.0,
    phases: [{ name: 'build', steps: [shell('NothingToInstall', 'true')] }],
  };
  await mkdir(join(place, 'components/bootable-linux'), { recursive: true });
  await writeFile(join(place, 'components/bootable-linux/9.0.0.yaml'), JSON.stringify(nothing));
  let round = 0;
  return {
    name: 'gild build',
    prepare: async () => {
      const recipe = {
        name: 'bench',
        version: '1.0.x',
        base: 'rootfs:../base.tar',
        network: 'off',
        components: [
          { name: 'bootable-linux' },
          { name: 'page', steps: [{ run: `echo '<h1>${++round}</h1>' > /var/www/html/index.html` }] },
        ],
        outputs: ['qcow2', 'oci'],
        disk: { headroom: '512MiB' },
      };
      await writeFile(join(place, 'recipe.json'), JSON.stringify(recipe));
    },
    run: () =>
      output([process.execPath, join(repository, 'bin/gild.js'), 'build', join(place, 'recipe.json')], {
        env: { HOME: folder, GILD_HOME: join(folder, 'gild-home'), CI: 'true' },
      }),
  };
}

function shell(name: string, command: string) {
  return { name, action: 'ExecuteBash', inputs: { commands: [command] } };
}

async function floorSide({ folder }: BenchContext, base: string): Promise<Side> {
  const tree = join(folder, 'tree');
  const raw = join(folder, 'floor.ext4');
  const converted = join(folder, 'floor.qcow2');
  await mkdir(tree);
  await output(['tar', '--extract', `--file=${base}`, `--directory=${tree}`, '--numeric-owner']);
  return {
    name: 'mke2fs -d, qemu-img convert -c',
    run: async () => {
      await output(['mke2fs', '-q', '-t', 'ext4', '-d', tree, raw, '2G']);
      const format = ['-f', 'raw', '-O', 'qcow2', '-c', '-o', 'compression_type=zstd'];
      await output(['qemu-img', 'convert', ...format, raw, converted]);
    },
    tidy: () => output(['rm', raw, converted]),
  };
}
