import { z } from 'zod';
import { isUnreachable } from '../platforms/unreachable.ts';
import { describe } from './boot.ts';
import { utility } from './capture.ts';
import { defineCheck } from './define-check.ts';
import { failed, needsDisk, passed } from './findings.ts';

const schema = z.strictObject({
  timeoutSeconds: z
    .number()
    .positive()
    .max(3600)
    .default(180)
    .describe('How long it may take until the login prompt is there again; five times that without KVM.'),
});

export const reboot = defineCheck({
  type: 'reboot',
  summary: 'Restarts the machine as Ctrl-Alt-Del does and waits for the login prompt',
  needs: 'disk',
  needsMainProcess: false,
  schema,
  async run({ timeoutSeconds }, { machine, vm, signal }) {
    if (!vm) return needsDisk('a reboot test');
    const before = await bootId();
    const seconds = await vm.restart(timeoutSeconds * 1000 * vm.patience);
    const message = `restarts in ${seconds.toFixed(1)} s (${describe(vm)})`;
    if (before === undefined) return passed(message);
    const after = await bootId();
    return after === before ? failed('expected another boot id, found the same as before') : passed(message);

    /** Nothing where no command can be run: the login prompt is proof enough. */
    async function bootId(): Promise<string | undefined> {
      try {
        return (await utility(machine, ['cat', '/proc/sys/kernel/random/boot_id'], signal)).stdout.trim();
      } catch (error) {
        if (isUnreachable(error)) return undefined;
        throw error;
      }
    }
  },
});
