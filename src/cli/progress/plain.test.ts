import { describe, expect, it } from 'vitest';
import { createJsonProgress } from './json.ts';
import { createPlainProgress } from './plain.ts';
import { events, failed, succeeded } from './sample-run.ts';

describe('the plain display', () => {
  it('prefixes every line with the seconds and the step', () => {
    let text = '';
    const progress = createPlainProgress((part) => {
      text += part;
    });
    for (const event of events(succeeded())) progress.show(event);
    expect(text).toMatchInlineSnapshot(`
      "    0.0 building web-server 1.0.0 from recipe.yaml, run 0198ab12
          0.0 [base] start: base debian:bookworm
          0.1 [base] found in the store
          0.1 [base] reused in 0.1s
          0.1 [component/nginx] start: nginx 1.0.0 (Web server from Debian)
          0.2 [component/nginx/build/Update] start: build/Update (ExecuteBash)
          1.4 [component/nginx/build/Update] done in 1.2s
          1.4 [component/nginx/build/Install] start: build/Install (ExecuteBash)
          2.0 [component/nginx/build/Install] one
          2.0 [component/nginx/build/Install] two
          2.0 [component/nginx/build/Install] three
          2.0 [component/nginx/build/Install] 100% 設定
          2.0 [component/nginx/build/Install] five
          2.0 [component/nginx/build/Install] six
         12.5 [component/nginx/build/Install] done in 11.1s
         12.6 [component/nginx] done in 12.5s
         12.7 warning: The base is 200 days old.
         13.0 [test] passed: port: open
         14.0 [artifact] oci web-server-1.0.0.oci sha256:abababababab 61.2 MB
         14.0 [image] web-server@1.0.0/2 available
         14.0 run success in 14.0s
      "
    `);
  });

  it('counts what a step writes beyond all measure instead of printing it', () => {
    let lines = 0;
    let last = '';
    const progress = createPlainProgress((part) => {
      lines += part.split('\n').length - 1;
      last = part;
    });
    const step = 'component/loud';
    const output = Array.from({ length: 30_000 }, () => 'again');
    for (const event of events([
      [0, { type: 'step.started', step, title: step }],
      [1, { type: 'step.output', step, stream: 'stdout', lines: output }],
      [2, { type: 'step.finished', step, status: 'success', seconds: 2 }],
    ])) {
      progress.show(event);
    }
    expect(lines).toBe(20_003);
    expect(last).toContain("10000 more lines are in the run's log");
  });
});

describe('the json display', () => {
  it('writes every event on a line of its own', () => {
    const list = events(failed());
    let text = '';
    const progress = createJsonProgress((part) => {
      text += part;
    });
    for (const event of list) progress.show(event);
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(list);
  });
});
