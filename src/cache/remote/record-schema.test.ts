import { expect, it } from 'vitest';
import { sha256 } from '../../support/canonical.ts';
import { parseRecord } from './record-schema.ts';

const digest = sha256('content');
const common = {
  key: digest,
  name: 'work',
  image: 'web',
  runId: '20261126-120000-abcd',
  createdAt: '2026-11-26T12:00:00.000Z',
  usedAt: '2026-11-26T12:00:00.000Z',
  seconds: 1,
  preimage: {},
};

it.each([
  ['files', { layers: [], markers: ['skip_cleanup_ssh_files'] }],
  ['component', { layers: [], downloads: [{ source: 'http://x/', digest, size: 1 }] }],
  [
    'output',
    {
      artifact: {
        type: 'raw',
        digest,
        size: 1,
        mediaType: 'a/b',
        blobs: [digest],
        fileName: 'web.raw',
        boot: { blob: digest, format: 'raw', firmware: ['uefi'], secureBoot: true },
      },
    },
  ],
])('a result of %s comes with all that the next step looks at', (kind, result) => {
  expect(parseRecord({ ...common, kind, result })).toEqual({ ...common, kind, result });
});
