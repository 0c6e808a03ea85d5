import { describe, expect, it } from 'vitest';
import { findAction } from './actions/index.ts';
import { readInputs } from './inputs.ts';
import type { Action } from './types.ts';

function read(name: string, item: Record<string, unknown>, stage: 'written' | 'resolved' = 'resolved') {
  return readInputs(findAction(name) as Action, [item], stage);
}

describe('the path of a file', () => {
  it.each([
    ['/a/b', '/a/b'],
    ['a/b', '/a/b'],
    ['./Sample.txt', '/Sample.txt'],
    ['SampleFolder/', '/SampleFolder/'],
    ['-rf', '/-rf'],
    ['../x', '/x'],
    ['C:\\a', 'C:\\a'],
  ])('%s is %s', (path, meant) => {
    expect(read('CreateFile', { path, content: 'x' })).toMatchObject({
      items: [{ path: meant }],
      problems: [],
    });
  });

  it('is whatever a reference makes of it, until that is known', () => {
    const item = { path: '{{ Folder }}/a', content: 'x' };
    expect(read('CreateFile', item, 'written')).toMatchObject({ items: [item], problems: [] });
  });

  it.each(['.', './', 'a/..'])('%s is the root, which cannot be deleted', (path) => {
    expect(read('DeleteFolder', { path }).problems).toHaveLength(1);
  });
});
