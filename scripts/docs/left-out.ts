import { volatilePaths } from '../../src/trees/volatile.ts';
import { code, pageHead, table } from './markdown.ts';

export function leftOutPage(): string {
  return [
    ...pageHead('What no image keeps', 'src/trees/volatile.ts'),
    'These paths are left out of every layer that Gild writes. `*` stands for a name or a part of one; the folder above',
    'stays. `/etc/machine-id` is kept, but empty: every machine that starts from the image gets its own.',
    '[Reproducibility](../reproducibility.md) says what for.',
    '',
    ...table(
      ['path', 'why'],
      volatilePaths.map(([pattern, why]) => [code(`/${pattern}`), why]),
    ),
    '',
  ].join('\n');
}
