import type { PlannedCheck } from '../model/plan.ts';
import type { Check, CheckContext, Finding } from './types.ts';

/** One thing to find out on the fresh machine: a test of the recipe, or whatever else can be run there. */
export interface CheckItem {
  readonly name: string;
  readonly type: string;
  /** `disk`: never run here; it ends as blocked. */
  readonly needs: 'container' | 'disk';
  /** The image's own entry point must be running meanwhile. */
  readonly needsMainProcess: boolean;
  /** What it throws ends the whole run, but for errors of kind `build`: those are failures of the image. */
  run(context: CheckContext): Promise<Finding>;
}

type PlannedTest = Pick<Extract<PlannedCheck, { kind: 'test' }>, 'name' | 'test'>;

export function testItem(planned: PlannedTest, check: Check): CheckItem {
  const { name, test } = planned;
  const { type, needs, needsMainProcess } = check;
  return { name, type, needs, needsMainProcess, run: (context) => check.run(test.options, context) };
}
