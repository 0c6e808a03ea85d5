import { z } from 'zod';
import type { VirtualMachine } from '../vm/types.ts';
import { defineCheck } from './define-check.ts';
import { failed, needsDisk, passed } from './findings.ts';
import { systemState } from './system-state.ts';

const schema = z.strictObject({
  timeoutSeconds: z
    .number()
    .positive()
    .max(3600)
    .default(120)
    .describe('How long it may take from power-on to the login prompt; five times that without KVM.'),
  units: z.boolean().default(true).describe('Whether every unit of systemd must have started.'),
});

export const boot = defineCheck({
  type: 'boot',
  summary: 'Boots the disk and waits for the login prompt; no unit of systemd may have failed',
  needs: 'disk',
  needsMainProcess: false,
  schema,
  async run({ timeoutSeconds, units }, { machine, vm, signal }) {
    if (!vm) return needsDisk('a boot test');
    const seconds = vm.bootSeconds();
    const reached = `boots in ${seconds.toFixed(1)} s (${describe(vm)})`;
    if (seconds > timeoutSeconds * vm.patience)
      return failed(`expected a login prompt within ${timeoutSeconds * vm.patience} s, but it ${reached}`);
    if (!units) return passed(reached);
    const state = await systemState(machine, { seconds: timeoutSeconds * vm.patience, signal });
    if (state.failures.length > 0)
      return failed(`${reached}, but ${state.failures.join('; ')}`, state.output);
    return passed(`${reached}; ${state.remark}`);
  },
});

/** What a boot test allows for from power-on to the login prompt, with KVM. */
export function bootSeconds(options: Readonly<Record<string, unknown>>): number {
  return schema.parse(options).timeoutSeconds;
}

/** `BIOS, emulated` */
export function describe({ firmware, secureBoot, accelerator }: VirtualMachine): string {
  const how = secureBoot ? 'UEFI with Secure Boot' : firmware === 'bios' ? 'BIOS' : 'UEFI';
  return `${how}, ${accelerator === 'kvm' ? 'KVM' : 'emulated'}`;
}
