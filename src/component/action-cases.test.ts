import { expect, it } from 'vitest';
import { actions } from './actions/index.ts';
import { actionCases } from './testing/action-cases/index.ts';

it.each(Object.values(actions))('$name: every input and output is shown by a case', (action) => {
  const shown = actionCases.filter((sample) => sample.action === action.name).flatMap(({ shows }) => shows);
  const known = [...Object.keys(action.fields), ...action.outputs];
  expect(known.length === 0 || shown.length > 0).toBe(true);
  expect(
    known.filter((name) => !shown.includes(name)),
    'add a case in src/component/testing/action-cases/',
  ).toEqual([]);
  expect(shown.filter((name) => !known.includes(name))).toEqual([]);
});
