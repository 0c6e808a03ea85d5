import { testAccount } from '../../test-s3-server.ts';
import type { ActionCase } from './types.ts';

const inner = `cat > inner.yaml <<'END'
schemaVersion: 1.0
parameters: [{Word: {type: string, default: none}}]
phases:
  - {name: build, steps: [{name: Say, action: ExecuteBash, inputs: {commands: ['echo {{ Word }}']}}]}
  - {name: validate, steps: [{name: Fail, action: ExecuteBash, onFailure: Ignore, inputs: {commands: [exit 3]}}]}
  - {name: other, steps: [{name: Stop, action: ExecuteBash, inputs: {commands: [exit 4]}}]}
END`;

const counts = (executed: string, failed: string, ignored: string) => ({
  executionId: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  executedStepCount: executed,
  failedStepCount: failed,
  ignoredFailedStepCount: ignored,
  logUrl: '',
});

export const languageCases: readonly ActionCase[] = [
  {
    action: 'Assert',
    does: 'succeeds where its condition holds in the machine',
    shows: ['condition'],
    before: ': > file; mkdir folder',
    inputs: ({ at }) => ({
      and: [
        { fileExists: `${at}/file` },
        { not: { fileExists: `${at}/folder` } },
        { binaryExists: 'sh' },
        {
          fileSHA256Equals: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
          path: `${at}/file`,
        },
      ],
    }),
  },
  {
    action: 'Assert',
    does: 'fails where it does not',
    shows: ['condition'],
    inputs: ({ at }) => ({ folderExists: `${at}/nowhere` }),
    fails: 'it does not hold that folderExists',
  },
  {
    action: 'ExecuteDocument',
    does: 'runs phases of a document with parameters, and counts its steps',
    shows: [
      'document',
      'phases',
      'parameters',
      'executionId',
      'status',
      'executedStepCount',
      'failedStepCount',
      'ignoredFailedStepCount',
      'failureMessage',
      'logUrl',
    ],
    before: inner,
    inputs: ({ at }) => ({
      document: `${at}/inner.yaml`,
      phases: 'build,validate',
      parameters: [{ name: 'Word', value: 'hello' }],
    }),
    outputs: () => [{ ...counts('2', '0', '1'), status: 'success', failureMessage: '' }],
    logs: 'hello',
  },
  {
    action: 'ExecuteDocument',
    does: 'fails with the document',
    shows: ['status', 'failedStepCount', 'failureMessage'],
    before: inner,
    inputs: ({ at }) => ({ document: `${at}/inner.yaml` }),
    fails: 'document inner failed: Stop (ExecuteBash): exit status 4',
    outputs: () => [{ ...counts('3', '1', '1'), status: 'failed', failureMessage: 'Document inner failed!' }],
  },
  {
    action: 'ExecuteDocument',
    does: 'reads a document from S3, if the bucket is of the account',
    shows: ['document', 'document-s3-bucket-owner'],
    inputs: () => ({ document: 's3://given/document.yaml', 'document-s3-bucket-owner': testAccount }),
    logs: 'from S3',
  },
  {
    action: 'ExecuteDocument',
    does: 'fails where the bucket is of another account',
    shows: ['document-s3-bucket-owner'],
    inputs: () => ({ document: 's3://given/document.yaml', 'document-s3-bucket-owner': '999999999999' }),
    fails: 'Access Denied',
  },
];
