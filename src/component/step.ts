import type { Step } from '../model/component.ts';
import { nearest } from '../support/nearest.ts';
import { actions, findAction } from './actions/index.ts';
import { readIf } from './condition/read-condition.ts';
import { type InputProblem, readInputs } from './inputs.ts';
import { checkKeys, readFlag, readInteger } from './keys.ts';
import { readLoop } from './loop/read-loop.ts';
import { childOf, describe, offsetAt, plainOf } from './node.ts';
import { readRetry } from './retry.ts';
import type { MapNode, Node, Source } from './source.ts';
import type { Action } from './types.ts';

/** A step, and what the check of references needs of it. */
export interface ReadStep {
  readonly step: Step;
  readonly inputs: Node | undefined;
  readonly condition: Node | undefined;
  readonly loop: Node | undefined;
  readonly action: Action | undefined;
}

const keys = [
  'name',
  'action',
  'if',
  'loop',
  'onFailure',
  'maxAttempts',
  'retry',
  'timeoutSeconds',
  'disableLogging',
  'inputs',
];

export function readStep(node: MapNode, name: string, source: Source, silent: boolean): ReadStep | undefined {
  checkKeys(node, keys, source, { unknown: 'error', of: 'a step' });
  const action = readAction(node, source);
  const inputs = childOf(node, 'inputs');
  if (action) checkInputs(action, node, inputs, source);
  const condition = readPart(node, 'if', source, readIf);
  const loop = readPart(node, 'loop', source, readLoop);
  const retry = readPart(node, 'retry', source, readRetry);
  const step: Step = {
    name,
    action: action?.name ?? '',
    inputs: inputs === undefined ? undefined : plainOf(inputs),
    ...(condition.read && { if: condition.read }),
    ...(loop.read && { loop: loop.read }),
    onFailure: readOnFailure(node, source),
    maxAttempts: readInteger(node, 'maxAttempts', action?.runsOnce ? onlyAttempt : attempts, source),
    ...(retry.read && { retry: retry.read }),
    timeoutSeconds: readInteger(node, 'timeoutSeconds', action?.runsOnce ? noTimeout : timeout, source),
    disableLogging: readFlag(node, 'disableLogging', source) || silent,
    at: source.position(node.start),
  };
  if (name === '') return undefined;
  return { step, inputs, condition: condition.node, loop: loop.node, action };
}

/** A part of a step that is read as plain data. */
function readPart<T>(
  node: MapNode,
  key: string,
  source: Source,
  read: (plain: unknown) => { readonly value: T | undefined; readonly problems: readonly InputProblem[] },
): { readonly node: Node | undefined; readonly read: T | undefined } {
  const part = childOf(node, key);
  if (!part) return { node: undefined, read: undefined };
  const { value, problems } = read(plainOf(part));
  for (const { path, target, message, hint } of problems)
    source.error(offsetAt(part, path, target), message, hint);
  return { node: part, read: value };
}

const attempts = { fallback: 1, expected: 'a whole number from 1', allows: (value: number) => value >= 1 };

const timeout = {
  fallback: 7200,
  expected: 'a whole number of seconds from 1, or -1 for none',
  allows: (value: number) => value >= 1 || value === -1,
};

const onlyAttempt = { fallback: 1, expected: '1 for this action', allows: (value: number) => value === 1 };

const noTimeout = { fallback: -1, expected: '-1 for this action', allows: (value: number) => value === -1 };

function readAction(node: MapNode, source: Source): Action | undefined {
  const value = childOf(node, 'action');
  if (!value) {
    source.error(node.start, 'The step has no `action`.');
    return undefined;
  }
  const name = value.kind === 'scalar' ? String(value.value) : '';
  const action = findAction(name);
  if (action) return action;
  const meant = nearest(name, Object.keys(actions));
  source.error(value.start, `${describe(value)} is not an action.`, meant && `Did you mean \`${meant}\`?`);
  return undefined;
}

function checkInputs(action: Action, node: MapNode, inputs: Node | undefined, source: Source): void {
  const plain = inputs === undefined ? undefined : plainOf(inputs);
  for (const problem of readInputs(action, plain, 'written').problems) {
    const offset = inputs
      ? offsetAt(inputs, problem.path, problem.target)
      : (childOf(node, 'action') ?? node).start;
    source.error(offset, problem.message, problem.hint);
  }
}

function readOnFailure(node: MapNode, source: Source): Step['onFailure'] {
  const value = childOf(node, 'onFailure');
  if (!value) return 'Abort';
  const word = value.kind === 'scalar' ? String(value.value) : '';
  if (word === 'Abort' || word === 'Continue' || word === 'Ignore') return word;
  const meant = nearest(word, ['Abort', 'Continue', 'Ignore']);
  const hint = meant && `Did you mean \`${meant}\`?`;
  source.error(value.start, `\`onFailure\` must be Abort, Continue or Ignore, not ${describe(value)}.`, hint);
  return 'Abort';
}
