import type { WrittenDocument } from '../document.ts';
import { childOf, plainOf } from '../node.ts';
import type { Entry, MapNode, Node } from '../source.ts';
import { readScript } from './script.ts';
import type { LintStep, Subject } from './types.ts';

/** A valid document as rules look at it. What a document adds to the language later passes through unseen. */
export function subjectOf({ text, root, source }: WrittenDocument): Subject {
  return {
    text,
    root,
    source,
    parameters: declared(root, 'parameters'),
    constants: declared(root, 'constants'),
    steps: listAt(root, 'phases').flatMap((phase) =>
      listAt(phase, 'steps').flatMap((step) =>
        phase.kind === 'map' && step.kind === 'map' ? [stepOf(step, textAt(phase, 'name'), text)] : [],
      ),
    ),
  };
}

function stepOf(node: MapNode, phase: string, text: string): LintStep {
  const inputs = childOf(node, 'inputs');
  const action = textAt(node, 'action');
  const commands = inputs?.kind === 'map' ? childOf(inputs, 'commands') : undefined;
  const isScript = action === 'ExecuteBash' && commands?.kind === 'list';
  return {
    phase,
    name: textAt(node, 'name'),
    action,
    node,
    inputs,
    items: inputs === undefined ? [] : inputs.kind === 'list' ? inputs.items : [inputs],
    onFailure: textAt(node, 'onFailure') || 'Abort',
    condition: childOf(node, 'if'),
    script: isScript ? readScript(text, commands) : undefined,
  };
}

function declared(root: Node, key: string): readonly Entry[] {
  return listAt(root, key).flatMap((item) => (item.kind === 'map' ? item.entries.slice(0, 1) : []));
}

function listAt(node: Node, key: string): readonly Node[] {
  const list = node.kind === 'map' ? childOf(node, key) : undefined;
  return list?.kind === 'list' ? list.items : [];
}

function textAt(node: MapNode, key: string): string {
  const value = childOf(node, key);
  return value ? String(plainOf(value)) : '';
}
