import { describe, expect, it } from 'vitest';
import { isRunning, ownIdentity } from './processes.ts';

describe('a process on record', () => {
  const [boot = '', namespace = '', started = ''] = ownIdentity().split('/');

  it.each([
    ['itself', ownIdentity(), true],
    ['one that started at another time', `${boot}/${namespace}/${started}1`, false],
    ['one before the last boot', `other/${namespace}/${started}`, false],
    ['one that cannot be seen from here', `${boot}/1/1`, true],
  ])('is %s', (_what, identity, running) => {
    expect(isRunning(process.pid, identity)).toBe(running);
  });
});
