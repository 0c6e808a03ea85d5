import type { CheckContext } from './cross-checks.ts';
import { fieldsAt } from './loose-values.ts';
import { code } from './words.ts';

/** Rules over what a disk boots with. */
export function crossCheckBoot({ data, add }: CheckContext): void {
  const { secureBoot, firmware } = fieldsAt(data, ['disk']);
  if (secureBoot !== true || !Array.isArray(firmware) || firmware.includes('uefi')) return;
  add({
    path: ['disk', 'secureBoot'],
    message: `Secure Boot is a matter of UEFI, which ${code('firmware')} does not have.`,
    hint: `Add ${code('uefi')} to ${code('firmware')}.`,
  });
}
