import type { Step } from '../model/component.ts';
import { nearest } from '../support/nearest.ts';
import { actions, findAction, unsupportedActions } from './actions/index.ts';
import { readInputs } from './inputs.ts';
import { checkKeys, readFlag, readInteger } from './keys.ts';
import { childOf, describe, entryOf, offsetAt, plainOf } from './node.ts';
import type { MapNode, Node, Source } from './source.ts';
import type { Action } from './types.ts';

/** A step, and what the check of references needs of it. */
export interface ReadStep {
  readonly step: Step;
  readonly inputs: Node | undefined;
  readonly action: Action | undefined;
}

const keys = ['name', 'action', 'onFailure', 'maxAttempts', 'timeoutSeconds', 'disableLogging', 'inputs'];
const notYet = ['if', 'loop'];

export function readStep(node: MapNode, name: string, source: Source, silent: boolean): ReadStep | undefined {
  for (const key of notYet) {
    const entry = entryOf(node, key);
    if (entry) source.error(entry.keyStart, `\`${key}\` is not supported yet.`);
  }
  checkKeys(node, [...keys, ...notYet], source, { unknown: 'error', of: 'a step' });
  const action = readAction(node, source);
  const inputs = childOf(node, 'inputs');
  if (action) checkInputs(action, node, inputs, source);
  const step: Step = {
    name,
    action: action?.name ?? '',
    inputs: inputs === undefined ? undefined : plainOf(inputs),
    onFailure: readOnFailure(node, source),
    maxAttempts: readInteger(node, 'maxAttempts', attempts, source),
    timeoutSeconds: readInteger(node, 'timeoutSeconds', timeout, source),
    disableLogging: readFlag(node, 'disableLogging', source) || silent,
    at: source.position(node.start),
  };
  return name === '' ? undefined : { step, inputs, action };
}

const attempts = { fallback: 1, expected: 'a whole number from 1', allows: (value: number) => value >= 1 };

const timeout = {
  fallback: 7200,
  expected: 'a whole number of seconds from 1, or -1 for none',
  allows: (value: number) => value >= 1 || value === -1,
};

function readAction(node: MapNode, source: Source): Action | undefined {
  const value = childOf(node, 'action');
  if (!value) {
    source.error(node.start, 'The step has no `action`.');
    return undefined;
  }
  const name = value.kind === 'scalar' ? String(value.value) : '';
  const action = findAction(name);
  if (action) return action;
  const unsupported = unsupportedActions.get(name);
  const meant = nearest(name, [...Object.keys(actions), ...unsupportedActions.keys()]);
  if (unsupported) source.error(value.start, `\`${name}\` ${unsupported.message}.`, unsupported.hint);
  else
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
