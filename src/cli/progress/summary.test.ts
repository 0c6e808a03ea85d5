import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../model/artifact.ts';
import type { Image } from '../../model/image.ts';
import { marksFor, plainPaint } from '../paint.ts';
import { createRunView, type Reuse } from './run-view.ts';
import { events, succeeded } from './sample-run.ts';
import { type Summary, summaryLines } from './summary.ts';

describe('summaryLines', () => {
  it('says what was made, where it is and how to run it', () => {
    expect(summary('success', [passed])).toMatchInlineSnapshot(`
      "✔ web-server@1.0.0/2 is ready  14.0s, 1 test passed

        oci  61.2 MB  sha256:abababababab  in the store

        look     gild inspect web-server@1.0.0/2
        export   gild export web-server@1.0.0/2 --to .
        run oci  podman run --rm -p 8080:80 -p 9000:9000 oci:web-server-1.0.0.oci"
    `);
  });

  it('says how to boot a disk', () => {
    const boot = { blob: 'sha256:00', format: 'qcow2', firmware: ['bios'] } as const;
    const artifact = {
      type: 'qcow2',
      digest: 'sha256:00',
      size: 1,
      mediaType: '',
      blobs: [],
      fileName: 'web',
    } as const;
    const artifacts = [{ ...artifact, boot }];
    expect(summaryOf({ status: 'success', verdicts: [], artifacts }).split('\n').at(-1)).toBe(
      '  boot    gild run -p 8080:80 -p 9000:9000 web-server@1.0.0/2',
    );
  });

  it('says what it did not have to do again', () => {
    expect(summary('success', [passed], { steps: 5, reused: 3, savedSeconds: 42 }).split('\n')[0]).toBe(
      '✔ web-server@1.0.0/2 is ready  14.0s, 1 test passed, 3 of 5 steps reused (saved 42.0s)',
    );
  });

  it('names the tests that failed and what could not be tested', () => {
    expect(summary('tests-failed', [passed, refused, blocked])).toMatchInlineSnapshot(`
      "✖ web-server@1.0.0/2 failed its tests and is not published  14.0s, 1 of 3 tests passed

        ✖ page (http, failed): expected status 200, found 502
            │ Bad Gateway
        ! BootTest (reboot, blocked): needs a disk output

        oci  61.2 MB  sha256:abababababab  in the store

        look  gild inspect web-server@1.0.0/2
        log   gild logs 0198ab12"
    `);
  });
});

const passed: Verdict = { name: 'port', type: 'port', status: 'passed', message: 'open', seconds: 0.2 };
const refused: Verdict = {
  name: 'page',
  type: 'http',
  status: 'failed',
  message: 'expected status 200, found 502',
  seconds: 1.5,
  output: 'Bad\u001b[5m Gateway\n',
};
const blocked: Verdict = {
  name: 'BootTest',
  type: 'reboot',
  status: 'blocked',
  message: 'needs a disk output',
  seconds: 0,
};

function summary(status: 'success' | 'tests-failed', verdicts: readonly Verdict[], reuse?: Reuse): string {
  return summaryOf({ status, verdicts, ...(reuse && { reuse }) });
}

function summaryOf(fields: Pick<Summary, 'status' | 'verdicts'> & Partial<Summary>): string {
  const view = createRunView();
  for (const event of events(succeeded())) view.apply(event);
  const { artifacts, seconds, runId } = view;
  const exported = new Map<string, string>();
  const whole = { image, artifacts, seconds, runId, exported, ...fields };
  return summaryLines(whole, plainPaint, marksFor({})).join('\n');
}

const image: Image = {
  name: 'web-server',
  version: '1.0.0',
  build: 2,
  state: 'available',
  description: '',
  architecture: 'amd64',
  createdAt: '2026-11-01T00:00:00Z',
  runId: '0198ab12',
  planId: 'sha256:00',
  base: { reference: 'debian:bookworm', digest: 'sha256:00' },
  parents: [],
  layers: [],
  config: {
    env: {},
    user: '',
    workingDir: '',
    entrypoint: [],
    cmd: [],
    ports: ['80/tcp', '9000/tcp'],
    labels: {},
  },
  epoch: 0,
  components: [],
  packages: [],
  artifacts: [],
  verdicts: [],
};
