import { describeCondition } from '../condition/evaluate.ts';
import { condition } from '../fields.ts';
import type { Action } from '../types.ts';

const fields = { condition: condition('One operator, as in `if`; `inputs` is the expression itself.') };

export const assert: Action<typeof fields> = {
  name: 'Assert',
  summary: 'Fails unless a condition holds.',
  shape: 'condition',
  platforms: ['linux', 'macos', 'windows'],
  fields,
  outputs: [],
  run: async ([item], context) => {
    if (!item || (await context.holds(item.condition))) return { kind: 'done' };
    return { kind: 'failed', message: `it does not hold that ${describeCondition(item.condition)}` };
  },
};
