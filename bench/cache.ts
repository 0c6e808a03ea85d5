import { link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../src/host/programs.ts';
import { output, runProcess } from '../src/support/process.ts';
import { debianTar } from './base-tree.ts';
import { podmanFlags, podmanLimits } from './cold-build.ts';
import { repository } from './start-up.ts';
import type { Bench, BenchContext, Comparison, Side } from './types.ts';

/** One recipe, as both sides build it: a file, then scripts. */
interface Content {
  readonly file: string;
  readonly scripts: readonly string[];
}

/** What the example `web-server` does, without its tests. */
const demo: Content = {
  file: '<h1>@GREETING@</h1>',
  scripts: [
    'apt-get update && DEBIAN_FRONTEND=noninteractive apt-get -y upgrade',
    'apt-get update && apt-get install -y --no-install-recommends nginx',
    'sed -i s/@GREETING@/Hello/ /var/www/html/index.html',
  ],
};

const twenty: Content = {
  file: 'twenty',
  scripts: Array.from({ length: 20 }, (_, index) => `seq ${1000 + index} > /srv/step-${index}`),
};

const never = (content: Content) => content;
const last = (content: Content, round: number) => withScript(content, content.scripts.length - 1, round);
const middle = (content: Content, round: number) => withScript(content, content.scripts.length / 2, round);
const file = (content: Content, round: number): Content => ({ ...content, file: `changed ${round}` });

export const cache: Bench = {
  name: 'cache',
  summary: 'building again, with nothing or one line changed, against podman build',
  async *compare(context) {
    const podman = findProgram('podman');
    if (!podman || process.getuid?.() !== 0) {
      context.note(`podman: ${podman ? 'needs root here' : 'not installed'}, skipped`);
      return;
    }
    const tar = await debianTar(context);
    const base = join(context.folder, 'base.tar');
    await link(tar, base).catch(() => output(['cp', tar, base]));
    const podmanStore = openPodman(context);
    await podmanStore('import', '--quiet', base, 'localhost/base');
    const compare = (what: string, content: Content, change: Change, rounds: number): Comparison => ({
      what,
      inside: [
        'both: the whole process; the same base, file and scripts, all built before; what changed is new each time',
        'ours: gild build: resolve, plan, steps, OCI artifact of a new version, package list, record; no tests',
        'peer: podman build with its layer cache, a tag',
      ],
      ours: gildSide(context, { content, change }),
      peer: podmanSide(context, { content, change, podman: podmanStore }),
      goal: { ratio: 1 },
      rounds,
    });
    yield compare('demo: nothing changed', demo, never, 7);
    yield compare('demo: a line of the last component', demo, last, 5);
    yield compare('20 components: nothing changed', twenty, never, 7);
    yield compare('20 components: a line of the last one', twenty, last, 5);
    yield compare('20 components: a line in the middle', twenty, middle, 3);
    yield compare('20 components: a file', twenty, file, 3);
    yield twentyRecipes(context);
    yield await fiftySteps(context);
  },
};

/** What they share is new in each round; each has a step of its own on top. */
function twentyRecipes(context: BenchContext): Comparison {
  const place = join(context.folder, 'gild');
  const files = Array.from({ length: 20 }, (_, index) => join(place, `shared-${index}.json`));
  const prepare = async () => {
    const shared = Array.from({ length: 5 }, (_, index) => `echo ${rounds} > /srv/shared-${index}`);
    rounds++;
    const recipe = (index: number) => recipeOf(`shared-${index}`, [...shared, `echo ${index} > /srv/own`]);
    await Promise.all(files.map((path, index) => writeFile(path, JSON.stringify(recipe(index)))));
  };
  return {
    what: '20 recipes that share 5 of 6 components',
    inside: ['ours: one gild build of all', 'peer: a gild build for each, one after the other'],
    ours: { name: 'gild build, together', prepare, run: () => gild(context, ['build', ...files]) },
    peer: {
      name: 'gild build, one by one',
      prepare,
      run: async () => {
        for (const path of files) await gild(context, ['build', path]);
      },
    },
    goal: { ratio: 1 },
    rounds: 2,
  };
}

/** All of them built before: a plan looks each up, and at what it came to. */
async function fiftySteps(context: BenchContext): Promise<Comparison> {
  const path = join(context.folder, 'gild', 'fifty.json');
  const scripts = Array.from({ length: 50 }, (_, index) => `echo ${index} > /srv/fifty`);
  await mkdir(join(context.folder, 'gild'), { recursive: true });
  await writeFile(path, JSON.stringify(recipeOf('bench-50', scripts)));
  await gild(context, ['build', path]);
  return {
    what: '50 cached steps planned and verified',
    inside: ['ours: gild plan, the whole process', 'peer: a process of Node that does nothing'],
    ours: { name: 'gild plan', run: () => gild(context, ['plan', path]) },
    peer: { name: 'node -e 0', run: () => output([process.execPath, '-e', '0']) },
    goal: { seconds: 0.5 },
    rounds: 9,
  };
}

type Change = (content: Content, round: number) => Content;

function withScript(content: Content, place: number, round: number): Content {
  const scripts = content.scripts.map((script, index) =>
    index === place ? `${script} && echo ${round} > /srv/changed` : script,
  );
  return { ...content, scripts };
}

let rounds = 0;

interface SideOptions {
  readonly content: Content;
  readonly change: Change;
}

function recipeOf(name: string, scripts: readonly string[]) {
  return {
    name,
    version: '1.0.x',
    base: 'rootfs:../base.tar',
    components: scripts.map((run, index) => ({ name: `step-${index}`, steps: [{ run }] })),
    outputs: [{ type: 'oci' }],
  };
}

function gild({ folder }: BenchContext, args: readonly string[]): Promise<string> {
  return output([process.execPath, join(repository, 'bin/gild.js'), ...args], {
    env: { HOME: folder, GILD_HOME: join(folder, 'gild-home'), CI: 'true' },
  });
}

function gildSide(context: BenchContext, { content, change }: SideOptions): Side {
  const place = join(context.folder, 'gild');
  return {
    name: 'gild build',
    prepare: async () => {
      const { file, scripts } = change(content, ++rounds);
      await mkdir(place, { recursive: true });
      await writeFile(join(place, 'index.html'), `${file}\n`);
      const recipe = {
        ...recipeOf(`bench-${content.scripts.length}`, scripts),
        files: [{ from: 'index.html', to: '/var/www/html/index.html' }],
      };
      await writeFile(join(place, 'recipe.json'), JSON.stringify(recipe));
    },
    run: () => gild(context, ['build', join(place, 'recipe.json')]),
  };
}

type Podman = (...args: readonly string[]) => Promise<string>;

function podmanSide(
  { folder }: BenchContext,
  { content, change, podman }: SideOptions & { readonly podman: Podman },
): Side {
  const place = join(folder, 'podman-context');
  return {
    name: 'podman build',
    prepare: async () => {
      const { file, scripts } = change(content, ++rounds);
      await mkdir(place, { recursive: true });
      await writeFile(join(place, 'index.html'), `${file}\n`);
      const lines = [
        'FROM localhost/base',
        'COPY index.html /var/www/html/index.html',
        ...scripts.map((script) => `RUN ${script}`),
      ];
      await writeFile(join(place, 'Containerfile'), lines.join('\n'));
    },
    run: () => podman('build', '--network=host', ...podmanLimits, '--tag=bench', place),
  };
}

function openPodman({ folder, atEnd }: BenchContext): Podman {
  const home = join(folder, 'podman');
  atEnd(() => runProcess(['umount', '--lazy', join(home, 'root/overlay')]));
  return (...args) => output(['podman', ...podmanFlags(home), ...args], { env: { HOME: folder } });
}
