import type { Plan } from '../model/plan.ts';
import type { Tree } from '../model/tree.ts';
import { findOutput } from '../outputs/index.ts';
import { requireSpace } from '../support/space.ts';

/** Throws `NO_SPACE` where an output cannot be made of a tree that components are yet to work on. */
export async function requireRoomForOutputs(
  { outputs }: Pick<Plan, 'outputs'>,
  tree: Tree,
  home: string,
): Promise<void> {
  for (const { type } of outputs) {
    const bytes = findOutput(type)?.leastSpace?.(tree) ?? 0;
    if (bytes > 0) await requireSpace(home, Math.ceil(bytes), `the output \`${type}\``);
  }
}
