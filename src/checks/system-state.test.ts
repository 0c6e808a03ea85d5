import { expect, it } from 'vitest';
import { cloudInitErrors } from './system-state.ts';

it('names the errors of cloud-init, whatever version wrote them down', () => {
  expect(cloudInitErrors('{"v1": {"datasource": "DataSourceNoCloud", "errors": []}}')).toEqual([]);
  const errors = ["('locale', ProcessExecutionError('no such locale'))"];
  expect(cloudInitErrors(JSON.stringify({ v1: { errors, recoverable_errors: {} } }))).toEqual(errors);
});

it('finds none where there is no cloud-init, and says when it left something unreadable', () => {
  expect(cloudInitErrors(undefined)).toEqual([]);
  expect(cloudInitErrors('{"v1": ')).toEqual(['its result.json cannot be read']);
});
