import { describe, expect, it } from 'vitest';
import { diffPackages } from '../../images/diff-packages.ts';
import { diffTrees } from '../../images/diff-trees.ts';
import { sketchLayers } from '../../images/testing/layers.ts';
import { sampleImage, sampleLayer } from '../../images/testing/sample-image.ts';
import type { GildEvent } from '../../model/events.ts';
import type { Image } from '../../model/image.ts';
import { sha256 } from '../../support/canonical.ts';
import { marksFor, plainPaint as paint } from '../paint.ts';
import { textWidth } from '../progress/text-width.ts';
import { diffText } from './diff-text.ts';
import { imagePage } from './image-page.ts';
import { imageTable } from './image-table.ts';
import { logLines } from './log-lines.ts';
import { runTable } from './run-table.ts';

const now = new Date('2026-11-22T13:05:00Z');
const layer = {
  ...sampleLayer(sha256('layer')),
  size: 84_200_000,
  unpackedSize: 240_000_000,
  createdBy: 'gild component nginx@1.0.0',
};
const web: Image = {
  ...sampleImage({ name: 'web-server', layers: [layer], description: 'Serves one page' }),
  build: 2,
  config: {
    env: { LANG: 'C.UTF-8' },
    user: '',
    workingDir: '',
    entrypoint: ['nginx', '-g', 'daemon off;'],
    cmd: [],
    ports: ['80/tcp'],
    labels: {},
  },
  components: [{ name: 'nginx', version: '1.0.0', digest: sha256('nginx') }],
  packages: [{ name: 'nginx', version: '1.22.1-9', architecture: 'amd64' }],
  artifacts: [
    {
      type: 'oci',
      digest: sha256('oci'),
      size: 84_300_000,
      mediaType: 'x',
      blobs: [],
      fileName: 'web-server-1.0.0.oci',
    },
  ],
  verdicts: [{ name: 'answers', type: 'http', status: 'passed', message: 'GET / gave 200', seconds: 0.31 }],
};

describe('what people see of the records', () => {
  it('is an aligned list of images', () => {
    const failed: Image = { ...web, build: 1, state: 'test-failed', createdAt: '2026-11-20T11:00:00.000Z' };
    expect(`\n${imageTable([web, failed], { paint, columns: 80 }, now)}\n`).toMatchInlineSnapshot(`
      "
      NAME        VERSION  STATE        SIZE     CREATED      BASE
      web-server  1.0.0/2  available    84.2 MB  2 hours ago  debian:bookworm
      web-server  1.0.0/1  test-failed  84.2 MB  2 days ago   debian:bookworm
      "
    `);
  });

  it.each([40, 80, 120])('fits into %i columns when a base has a long name', (columns) => {
    const base = {
      reference: `docker://registry.example.org/${'deep/'.repeat(20)}image:tag`,
      digest: sha256('b'),
    };
    const table = imageTable([{ ...web, base }], { paint, columns }, now);
    const widest = Math.max(...table.split('\n').map(textWidth));
    expect(widest).toBeLessThanOrEqual(Math.max(columns, 80));
  });

  it('is a page for one image', () => {
    expect(`\n${imagePage(web, { paint, marks: marksFor({}), now })}\n`).toMatchInlineSnapshot(`
      "
      web-server@1.0.0/2  available
      Serves one page

      created       2 hours ago, 2026-11-22 11:00:00 UTC
      run           run-1
      plan          sha256:64879f7d6b96
      base          debian:bookworm  sha256:cae662172fd4
      architecture  amd64
      size          84.2 MB, 240.0 MB unpacked
      packages      1

      Components
        nginx  1.0.0  sha256:5be1ecc7935f

      Layers
        sha256:dac1d7cfa950  84.2 MB  zstd  gild component nginx@1.0.0

      Artifacts
        oci  web-server-1.0.0.oci  84.3 MB
          sha256:7e887edb52b723997076a9f5a72bef4473227a303cbc2cf5118e7be261f41c13

      Tests
        ✔  answers  GET / gave 200  0.3s

      Runs as
        entrypoint   nginx -g "daemon off;"
        ports        80/tcp
        environment  LANG=C.UTF-8
      "
    `);
  });

  it('is a list of runs', () => {
    const run = {
      id: '20261122-110624-3f9a',
      image: 'web-server',
      recipe: '/r.yaml',
      planId: 'sha256:1',
      pid: 1,
    };
    const runs = [
      { ...run, startedAt: '2026-11-22T13:04:30.000Z', status: 'running' },
      {
        ...run,
        startedAt: '2026-11-22T11:04:30.000Z',
        finishedAt: '2026-11-22T11:05:35.000Z',
        status: 'tests-failed',
      },
    ] as const;
    expect(`\n${runTable(runs, { paint, columns: 80 }, now)}\n`).toMatchInlineSnapshot(`
      "
      RUN                   STATUS        STARTED      TOOK    IMAGE
      20261122-110624-3f9a  running       just now     -       web-server
      20261122-110624-3f9a  tests-failed  2 hours ago  1m 05s  web-server
      "
    `);
  });

  it('is a difference in packages, users and files', async () => {
    const { layers, read } = sketchLayers(
      { 'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n', 'bin/ping': 'ping', 'etc/old': '1' },
      {
        'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nnginx:x:101:101::/nonexistent:/bin/false\n',
        'bin/ping': { text: 'ping', mode: 0o4755 },
        'etc/.wh.old': '',
        'etc/evil\x1b[31m\r\n': { text: 'x', uid: 33, gid: 33 },
      },
    );
    const files = await diffTrees(layers.slice(0, 1), layers, read);
    const packages = diffPackages(
      [{ name: 'openssl', version: '3.0.15-1', architecture: 'amd64' }],
      [
        { name: 'openssl', version: '3.0.16-1', architecture: 'amd64' },
        { name: 'nginx', version: '1.22.1-9', architecture: 'amd64' },
      ],
    );
    const text = diffText({ before: 'web@1.0.0/1', after: 'web@1.0.0/2', packages, ...files }, paint);
    expect(`\n${text}\n`).toMatchInlineSnapshot(`
      "
      web@1.0.0/1 -> web@1.0.0/2

      Packages: 1 added, 1 upgraded
        + nginx    1.22.1-9
        > openssl  3.0.15-1 -> 3.0.16-1

      Users: 1 added
        + nginx  101:101 /nonexistent /bin/false

      Files that give rights: 1 changed
        ~ /bin/ping  mode 0644 -> 4755

      Files: 1 added, 1 removed, 2 changed
        ~ /bin/ping                      mode 0644 -> 4755
        + /etc/evil\\u{1b}[31m\\u{d}\\u{a}  0644 33:33 1 B
        - /etc/old                       0644 1 B
        ~ /etc/passwd                    32 B -> 73 B
      "
    `);
  });
});

describe('log lines', () => {
  const event: GildEvent = {
    time: 1,
    type: 'step.output',
    step: 'component/nginx/build/Install',
    stream: 'stdout',
    lines: ['Get:1 nginx', '\x1b[31mred\x1b[0m', `long ${'x'.repeat(5000)}`],
  };

  it('carry the name of their step, whole but without escapes', () => {
    const lines = logLines(event, {}, paint);
    expect(lines.slice(0, 2)).toEqual([
      '[component/nginx/build/Install] Get:1 nginx',
      '[component/nginx/build/Install] red',
    ]);
    expect(lines[2]).toHaveLength('[component/nginx/build/Install] long '.length + 5000);
  });

  it.each([
    ['component/nginx', 3],
    ['component/nginx/', 3],
    ['component/nginx/build/Install', 3],
    ['component/ngin', 0],
    ['nginx', 0],
  ])('of the step %s are %i', (step, count) => {
    expect(logLines(event, { step }, paint)).toHaveLength(count);
  });

  it('are only those that match', () => {
    expect(logLines(event, { grep: /^Get:\d/ }, paint)).toEqual([
      '[component/nginx/build/Install] Get:1 nginx',
    ]);
  });

  it('say how a step failed', () => {
    const failure = { code: 'STEP_FAILED', message: 'It failed.', command: ['bash', '-e'], exitCode: 3 };
    const failed: GildEvent = {
      time: 1,
      type: 'step.finished',
      step: 's',
      status: 'failed',
      seconds: 2,
      failure,
    };
    expect(logLines(failed, {}, paint)).toEqual([
      '[s] failed in 2.0s',
      '[s] It failed.',
      '[s] command: bash -e',
      '[s] exit code: 3',
    ]);
  });
});
