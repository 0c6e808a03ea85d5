import { textOr, wholeNumber } from '../fields.ts';
import type { Action } from '../types.ts';

const fields = {
  delaySeconds: textOr('0', 'Accepted, and not waited for: nothing runs meanwhile.', wholeNumber),
};

export const reboot: Action<typeof fields> = {
  name: 'Reboot',
  summary: 'Restarts the machine and goes on with the next step.',
  shape: 'none',
  platforms: ['linux', 'windows'],
  fields,
  outputs: [],
  run: async (_items, context) => {
    context.note('The machine restarts.');
    await context.machine.reboot();
    return { kind: 'done' };
  },
};
