import { type OperatingSystem, operatingSystemNames } from '../model/operating-system.ts';
import { codeFrame } from '../support/code-frame.ts';
import { GildError } from '../support/errors.ts';
import { findAction } from './actions/index.ts';
import type { WrittenDocument } from './document.ts';
import { subjectOf } from './lint/subject.ts';
import { childOf, offsetAt, plainOf } from './node.ts';
import { platformProblems } from './platform-fit.ts';

export const operatingSystems = Object.keys(operatingSystemNames) as readonly OperatingSystem[];

/** Why a valid document cannot run on machines with an operating system, each with its place. */
export function systemProblems(written: WrittenDocument, os: OperatingSystem): readonly GildError[] {
  const { text, source } = written;
  return subjectOf(written).steps.flatMap(({ node, action: name, inputs }) => {
    const action = findAction(name);
    if (!action) return [];
    const plain = inputs === undefined ? undefined : plainOf(inputs);
    return platformProblems(action, plain, os).map(({ path, target, message, hint }) => {
      const named = node.kind === 'map' ? childOf(node, 'action') : undefined;
      const offset = inputs && path.length > 0 ? offsetAt(inputs, path, target) : (named ?? node).start;
      const at = source.position(offset);
      const frame = codeFrame(text, at);
      return new GildError({ code: 'COMPONENT_INVALID', message, at, frame, ...(hint && { hint }) });
    });
  });
}
