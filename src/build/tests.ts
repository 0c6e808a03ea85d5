import { needsDisk } from '../checks/index.ts';
import type { BuildSpec, TestSpec } from '../model/buildspec.ts';
import { findOutput, outputs } from '../outputs/index.ts';
import { GildError } from '../support/errors.ts';

/** Refuses, before anything runs, tests that no output of the recipe can carry out. Throws `TEST_NEEDS_DISK`. */
export function refuseImpossibleTests(spec: BuildSpec): void {
  if (spec.outputs.some(({ type }) => findOutput(type)?.bootable)) return;
  const problems = spec.tests.filter(({ type }) => needsDisk(type)).map(problem);
  const [only] = problems;
  if (only && problems.length === 1) throw only;
  if (only)
    throw new GildError({
      code: 'TEST_NEEDS_DISK',
      message: `${problems.length} tests need a disk output.`,
      problems,
    });
}

function problem(test: TestSpec): GildError {
  return new GildError({
    code: 'TEST_NEEDS_DISK',
    message: `The test \`${test.name}\` (${test.type}) needs a disk output: a container has nothing to boot.`,
    hint: `Add one of ${diskTypes()} to \`outputs\`; nothing was built.`,
    ...(test.at && { at: test.at }),
  });
}

function diskTypes(): string {
  return outputs
    .filter(({ bootable }) => bootable)
    .map(({ type }) => `\`${type}\``)
    .join(', ');
}
