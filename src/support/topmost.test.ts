import { expect, it } from 'vitest';
import { topmost } from './topmost.ts';

it('keeps each folder where it is highest', () => {
  expect(topmost(['base', 'empty', 'page', 'empty'])).toEqual(['base', 'page', 'empty']);
  expect(topmost(['a', 'b'])).toEqual(['a', 'b']);
  expect(topmost([])).toEqual([]);
});
