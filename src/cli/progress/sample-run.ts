import type { EventBody, GildEvent } from '../../model/events.ts';

const start = Date.UTC(2026, 10, 1);

/** Events at seconds since the start of a run, for tests and for looking at displays. */
export function events(
  timed: readonly (readonly [seconds: number, event: EventBody])[],
): readonly GildEvent[] {
  return timed.map(([seconds, event]) => ({ time: start + seconds * 1000, ...event }));
}

export function began(): readonly (readonly [number, EventBody])[] {
  return [
    [
      0,
      {
        type: 'run.started',
        runId: '0198ab12',
        image: 'web-server 1.0.0',
        planId: 'sha256:00',
        recipe: 'recipe.yaml',
      },
    ],
    [0, { type: 'step.started', step: 'base', title: 'base debian:bookworm' }],
    [0.1, { type: 'step.output', step: 'base', stream: 'note', lines: ['found in the store'] }],
    [0.1, { type: 'step.finished', step: 'base', status: 'reused', seconds: 0.1 }],
    [
      0.1,
      {
        type: 'step.started',
        step: 'component/nginx',
        title: 'nginx 1.0.0',
        detail: 'Web server from Debian',
      },
    ],
    [
      0.2,
      {
        type: 'step.started',
        step: 'component/nginx/build/Update',
        title: 'build/Update',
        detail: 'ExecuteBash',
      },
    ],
    [1.4, { type: 'step.finished', step: 'component/nginx/build/Update', status: 'success', seconds: 1.2 }],
    [
      1.4,
      {
        type: 'step.started',
        step: 'component/nginx/build/Install',
        title: 'build/Install',
        detail: 'ExecuteBash',
      },
    ],
    [
      2,
      {
        type: 'step.output',
        step: 'component/nginx/build/Install',
        stream: 'stdout',
        lines: ['one', 'two', '\u001b[32mthree\u001b[0m\u001b[2J', '  0%\r 50%\r100% 設定', 'five', 'six'],
      },
    ],
  ];
}

export function succeeded(): readonly (readonly [number, EventBody])[] {
  return [
    ...began(),
    [
      12.5,
      { type: 'step.finished', step: 'component/nginx/build/Install', status: 'success', seconds: 11.1 },
    ],
    [12.6, { type: 'step.finished', step: 'component/nginx', status: 'success', seconds: 12.5 }],
    [12.7, { type: 'warning', code: 'BASE_OLD', message: 'The base is 200 days old.' }],
    [
      13,
      {
        type: 'verdict',
        verdict: { name: 'port', type: 'port', status: 'passed', message: 'open', seconds: 0.2 },
      },
    ],
    [
      14,
      {
        type: 'artifact',
        artifact: {
          type: 'oci',
          digest: `sha256:${'ab'.repeat(32)}`,
          size: 61_234_567,
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          blobs: [],
          fileName: 'web-server-1.0.0.oci',
        },
      },
    ],
    [14, { type: 'image', name: 'web-server', version: '1.0.0', build: 2, state: 'available' }],
    [14, { type: 'run.finished', status: 'success', seconds: 14 }],
  ];
}

export function tested(): readonly (readonly [number, EventBody])[] {
  const verdict = { type: 'boot', status: 'passed', message: 'boots in 16.2 s (BIOS)', seconds: 3 } as const;
  return [
    [0, { type: 'step.started', step: 'test', title: 'test on fresh machines (4)' }],
    [1, { type: 'verdict', verdict: { ...verdict, name: 'the page is served', reused: true } }],
    [2, { type: 'verdict', verdict: { ...verdict, name: 'it boots' } }],
    [
      3,
      {
        type: 'verdict',
        verdict: { ...verdict, name: 'nginx', status: 'failed', message: 'is \u001b[2Jdead' },
      },
    ],
    [4, { type: 'verdict', verdict: { ...verdict, name: 'ssh', status: 'blocked', message: 'no answer' } }],
    [4, { type: 'step.output', step: 'test', stream: 'stdout', lines: ['debian login:'] }],
  ];
}

export function failed(): readonly (readonly [number, EventBody])[] {
  const failure = {
    code: 'STEP_FAILED',
    message: 'The script exited 100.',
    hint: 'Is the name of the package right?',
    command: ['bash', '-e', '/var/lib/gild step'],
    script: 'set -eu\napt-get install -y ngnix\n',
    exitCode: 100,
    lastLines: ['Reading package lists...', 'E: Unable to locate package \u001b[31mngnix\u001b[0m'],
    position: 'components/nginx.yaml:12:9',
  };
  return [
    ...began(),
    [
      5.6,
      {
        type: 'step.finished',
        step: 'component/nginx/build/Install',
        status: 'failed',
        seconds: 4.2,
        failure,
      },
    ],
    [5.7, { type: 'step.finished', step: 'component/nginx', status: 'failed', seconds: 5.6, failure }],
    [5.7, { type: 'run.finished', status: 'failed', seconds: 5.7, failure }],
  ];
}
