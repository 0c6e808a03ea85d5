import { describe, expect, it } from 'vitest';
import { marksFor, plainPaint } from '../paint.ts';
import { failureLines } from './failure.ts';
import { createRunView } from './run-view.ts';
import { events, failed } from './sample-run.ts';

describe('failureLines', () => {
  it('says where, what ran, what it said and what to do next', () => {
    const view = createRunView();
    for (const event of events(failed())) view.apply(event);
    expect(failureLines(view, plainPaint, marksFor({})).join('\n')).toMatchInlineSnapshot(`
      "✖ component > nginx > build > Install failed after 4.2s

        The script exited 100.

        written at   components/nginx.yaml:12:9
        command      $ bash -e '/var/lib/gild step'
        script       │ set -eu
                     │ apt-get install -y ngnix
        exit code    100
        last lines   │ Reading package lists...
                     │ E: Unable to locate package ngnix

        hint         Is the name of the package right?
        whole log    gild logs 0198ab12 --step component/nginx/build/Install
        look inside  gild build recipe.yaml --on-error=shell"
    `);
  });

  it('leads to what the failed step left, once that is kept', () => {
    const view = createRunView();
    const kept = [5.7, { type: 'kept', runId: '0198ab12', step: 'component/nginx' }] as const;
    for (const event of events([...failed(), kept])) view.apply(event);
    expect(failureLines(view, plainPaint, marksFor({})).at(-1)).toBe('  look inside  gild shell 0198ab12');
  });

  it('says why a run failed that failed in no step', () => {
    const view = createRunView();
    for (const event of events([
      [0, { type: 'run.started', runId: 'r1', image: 'a 1.0.0', planId: 'p', recipe: 'a.yaml' }],
      [
        1,
        {
          type: 'run.finished',
          status: 'failed',
          seconds: 1,
          failure: { code: 'NO_SPACE', message: 'The disk is full.' },
        },
      ],
    ])) {
      view.apply(event);
    }
    expect(failureLines(view, plainPaint, marksFor({})).join('\n')).toMatchInlineSnapshot(`
      "✖ a 1.0.0 failed

        The disk is full.

        whole log    gild logs r1"
    `);
  });
});
