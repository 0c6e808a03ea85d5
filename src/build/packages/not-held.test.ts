import { expect, it } from 'vitest';
import type { Failure } from '../../model/events.ts';
import { askedInVain, failedWhileHeld } from './not-held.ts';

const failure = (...lastLines: string[]): Failure => ({
  code: 'STEP_FAILED',
  message: 'exit status 100',
  lastLines,
});

it.each([
  ['tree', 'E: Unable to locate package tree'],
  ['tree', "E: Package 'tree' has no installation candidate"],
  ['nginx 1.25*', "E: Version '1.25*' for 'nginx' was not found"],
  ['libssl3', ' nginx : Depends: libssl3 (>= 3.0.0) but it is not installable'],
])('finds that %s is missing in what apt says', (missing, line) => {
  expect(askedInVain(failure('Reading package lists...', line))).toBe(missing);
});

it('names what is missing, and blames nothing where nobody knows', () => {
  expect(failedWhileHeld(failure('E: Unable to locate package tree')).hint).toContain(
    'tree is not among them.',
  );
  const unknown = failedWhileHeld(failure('curl: (6) Could not resolve host'));
  expect(unknown.hint).toMatch(/^It is held to the packages of the lock file\. To take/);
});
