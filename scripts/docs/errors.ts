import { errorCodes, exitCodes } from '../../src/support/errors.ts';
import { code, pageHead, table } from './markdown.ts';

export function errorsPage(): string {
  const rows = Object.entries(errorCodes).map(([name, { kind, means }]) => [
    code(name),
    String(exitCodes[kind]),
    means,
  ]);
  return [
    ...pageHead('Errors', 'src/support/errors.ts'),
    'Every error has a code that scripts can rely on: it stands before the message, and as `code` in what',
    '`--json` and `--progress=json` print. The exit code says whose turn it is:',
    '',
    ...table(
      ['exit code', 'meaning'],
      [
        ['0', 'Done.'],
        [String(exitCodes.build), 'A step or a test of the image failed.'],
        [String(exitCodes.user), 'The recipe or the command line is wrong.'],
        [String(exitCodes.world), 'Something on this host or the network is.'],
        [String(exitCodes.bug), 'A bug in Gild.'],
        [String(exitCodes.cancelled), 'Cancelled, with Ctrl-C for example.'],
      ],
    ),
    '',
    '## Codes',
    '',
    ...table(['code', 'exit code', 'meaning'], rows),
    '',
  ].join('\n');
}
