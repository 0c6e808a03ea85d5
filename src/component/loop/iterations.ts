import type { Loop } from '../../model/component.ts';
import { AttemptEnded } from '../attempt-ended.ts';
import { boundsProblem, countOf, isInteger, mostIterations } from './bounds.ts';

/** The values of a loop whose references are resolved, in order. Throws `AttemptEnded` for bounds that are none. */
export function iterationsOf(loop: Loop): readonly string[] {
  if (loop.kind === 'each') return loop.values;
  if (loop.kind === 'split') return atMost(loop.list === '' ? [] : loop.list.split(loop.delimiter));
  const bad = [loop.start, loop.end, loop.updateBy].find((text) => !isInteger(text));
  if (bad !== undefined) throw new AttemptEnded(`the loop cannot count: \`${bad}\` is no whole number`);
  const problem = boundsProblem(loop);
  if (problem) throw new AttemptEnded(problem.message);
  const [start, step] = [Number(loop.start), Number(loop.updateBy)];
  return Array.from({ length: countOf(loop) }, (_, index) => String(start + index * step));
}

function atMost(values: readonly string[]): readonly string[] {
  if (values.length <= mostIterations) return values;
  throw new AttemptEnded(`the loop has ${values.length} iterations; it may have ${mostIterations}`);
}
