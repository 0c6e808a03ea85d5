import { expect, it } from 'vitest';
import type { DocumentResult, StepRecord } from '../records.ts';
import { chaining } from './chaining.ts';
import { detailedOutput } from './detailed-output.ts';

const times = { startTime: Date.UTC(2026, 0, 1, 10), endTime: Date.UTC(2026, 0, 1, 10, 0, 5) };

function step(more: Partial<StepRecord>): StepRecord {
  return {
    phase: 'build',
    step: 'Step',
    action: 'ExecuteBash',
    onFailure: 'Abort',
    maxAttempts: 1,
    timeoutSeconds: 7200,
    status: 'success',
    attempts: 1,
    seconds: 5,
    inputs: { commands: ['echo a'] },
    outputs: [{ stdout: 'a' }],
    documents: [],
    ...times,
    ...more,
  };
}

function result(steps: readonly StepRecord[], more: Partial<DocumentResult> = {}): DocumentResult {
  return {
    document: {
      name: 'doc',
      version: '1.0.0',
      description: 'A document',
      file: 'doc.yaml',
      digest: 'sha256:00',
    },
    executionId: 'outer',
    status: 'success',
    phases: [
      { name: 'build', selected: true, status: 'success', ...times },
      { name: 'test', selected: false, status: 'skipped', ...times },
    ],
    steps,
    ...times,
    ...more,
  };
}

it('shows each iteration of a loop', () => {
  const iteration = {
    index: 0,
    value: 'a',
    status: 'success',
    inputs: { commands: ['echo a'] },
    documents: [],
  } as const;
  const failed = {
    ...iteration,
    index: 1,
    value: 'b',
    status: 'failed',
    outputs: [],
    message: 'exit status 1',
  } as const;
  const iterations = [
    { ...iteration, outputs: [{ stdout: 'a' }], ...times },
    { ...failed, ...times },
  ];
  const looped = step({ loop: { kind: 'each', name: 'letters', iterations } });
  expect(detailedOutput({ executionId: 'outer', results: [result([looped])], ...times })).toMatchObject({
    documents: [
      {
        phases: [
          {
            steps: [
              {
                loop: {
                  name: 'letters',
                  iterations: [
                    { index: 0, value: 'a', outputs: '[{"stdout":"a"}]' },
                    { status: 'failed', failureMessage: 'exit status 1' },
                  ],
                },
              },
            ],
          },
        ],
      },
    ],
  });
  expect(chaining([result([looped])])).toMatchObject([
    {
      phases: [
        { isSelected: true, steps: [{ loop: [{ index: 0 }, { index: 1 }] }] },
        { isSelected: false, steps: [] },
      ],
    },
  ]);
});

it('puts the run of a nested document where it was asked for', () => {
  const inner = result([step({ step: 'Inner' })], { executionId: 'inner' });
  const outer = result([step({ action: 'ExecuteDocument', documents: [inner] })]);
  expect(detailedOutput({ executionId: 'outer', results: [outer], ...times })).toMatchObject({
    executionId: 'outer',
    documents: [
      {
        phases: [
          {
            steps: [
              {
                detailedOutput: [
                  {
                    executionId: 'inner',
                    documents: [{ phases: [{ steps: [{ name: 'Inner', detailedOutput: null }] }] }],
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  });
  expect(chaining([outer])).toMatchObject([
    { phases: [{ steps: [{ documents: [{ phases: [{ steps: [{ name: 'Inner' }] }, {}] }] }] }, {}] },
  ]);
});

it('is failed where no document failed but the run did', () => {
  const execution = { executionId: 'outer', results: [], failureMessage: 'Cancelled.', ...times };
  expect(detailedOutput(execution)).toMatchObject({
    status: 'failed',
    failureMessage: 'Cancelled.',
    documents: [],
  });
});
