import { checks } from '../checks/index.ts';
import type { BuildSpec, TestSpec } from '../model/buildspec.ts';
import { GildError } from '../support/errors.ts';

/** Refuses, before anything runs, tests that no output of the recipe can carry out. Throws `TEST_NEEDS_DISK`. */
export function refuseImpossibleTests(spec: BuildSpec): void {
  const problems = spec.tests.filter(needsDisk).map(problem);
  const [only] = problems;
  if (only && problems.length === 1) throw only;
  if (only)
    throw new GildError({
      code: 'TEST_NEEDS_DISK',
      message: `${problems.length} tests need a disk output.`,
      problems,
    });
}

function needsDisk(test: TestSpec): boolean {
  return checks.find((check) => check.type === test.type)?.needs === 'disk';
}

function problem(test: TestSpec): GildError {
  return new GildError({
    code: 'TEST_NEEDS_DISK',
    message: `The test \`${test.name}\` (${test.type}) needs a disk output: a container has nothing to boot.`,
    hint: 'Disk outputs do not exist yet. Leave the test out until they do; nothing was built.',
    ...(test.at && { at: test.at }),
  });
}
