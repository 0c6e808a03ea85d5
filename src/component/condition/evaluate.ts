import type { Comparison, Condition } from '../../model/component.ts';
import { findOperator } from './operators.ts';

/** Answers shell conditions, all in one go. */
export type AskMachine = (probes: readonly string[]) => Promise<readonly boolean[]>;

/** Whether a condition holds; operands are resolved. What needs the machine is asked once, and only if it matters. */
export async function evaluate(condition: Condition, ask: AskMachine): Promise<boolean> {
  const early = judge(condition, compare);
  if (early !== undefined) return early;
  const open = [...comparisonsOf(condition)].filter((comparison) => compare(comparison) === undefined);
  const probes = [...new Set(open.map(probeOf))];
  const answers = await ask(probes);
  const answered = new Map(probes.map((probe, index) => [probe, answers[index] === true]));
  return judge(condition, (one) => compare(one) ?? answered.get(probeOf(one)) ?? false) === true;
}

/** Comparisons that a condition is made of, in order. */
export function* comparisonsOf(condition: Condition): Generator<Comparison> {
  if (condition.kind === 'compare') yield condition;
  else if (condition.kind === 'not') yield* comparisonsOf(condition.of);
  else for (const inner of condition.of) yield* comparisonsOf(inner);
}

/** For people: `stringEquals: a, value: b`. */
export function describeCondition(condition: Condition): string {
  if (condition.kind === 'not') return `not (${describeCondition(condition.of)})`;
  if (condition.kind !== 'compare')
    return `${condition.kind} (${condition.of.map(describeCondition).join('; ')})`;
  const { operator, operand, subject } = condition;
  const key = findOperator(operator)?.subject ?? 'value';
  return `${operator}: ${shown(operand)}${subject === undefined ? '' : `, ${key}: ${shown(subject)}`}`;
}

/** Undefined where it depends on something that is not known yet. */
function judge(
  condition: Condition,
  known: (comparison: Comparison) => boolean | undefined,
): boolean | undefined {
  if (condition.kind === 'compare') return known(condition);
  if (condition.kind === 'not') {
    const inner = judge(condition.of, known);
    return inner === undefined ? undefined : !inner;
  }
  const decisive = condition.kind === 'or';
  const parts = condition.of.map((inner) => judge(inner, known));
  if (parts.includes(decisive)) return decisive;
  return parts.includes(undefined) ? undefined : !decisive;
}

function compare({ operator, operand, subject = '' }: Comparison): boolean | undefined {
  const found = findOperator(operator);
  return found && 'holds' in found ? found.holds(operand, subject) : undefined;
}

function probeOf({ operator, operand, subject = '' }: Comparison): string {
  const found = findOperator(operator);
  return found && 'probe' in found ? found.probe(operand, subject) : 'false';
}

function shown(text: string): string {
  const line = text.split('\n')[0] ?? '';
  return JSON.stringify(line === text && line.length <= 60 ? line : `${line.slice(0, 60)}…`);
}
