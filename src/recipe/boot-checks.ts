import type { CheckContext } from './cross-checks.ts';
import { fieldsAt } from './loose-values.ts';
import { code } from './words.ts';

/** Rules over what a disk boots with. */
export function crossCheckBoot({ data, add }: CheckContext): void {
  const { boot, secureBoot, firmware } = fieldsAt(data, ['disk']);
  const listed = Array.isArray(firmware) ? firmware : undefined;
  const withoutGrub = boot === 'systemd-boot' || boot === 'uki';
  if (withoutGrub && listed?.includes('bios'))
    add({
      path: ['disk', 'boot'],
      message: `BIOS boots with ${code('grub')} alone, and ${code('firmware')} has ${code('bios')}.`,
      hint: `Remove ${code('bios')} from ${code('firmware')}, or have one disk for each.`,
    });
  if (withoutGrub && secureBoot === true)
    add({
      path: ['disk', 'boot'],
      message: `Nobody has signed what ${code(boot)} boots: Secure Boot needs ${code('grub')}.`,
      hint: `Remove ${code('boot')} or ${code('secureBoot')}.`,
    });
  if (secureBoot === true && listed && !listed.includes('uefi'))
    add({
      path: ['disk', 'secureBoot'],
      message: `Secure Boot is a matter of UEFI, which ${code('firmware')} does not have.`,
      hint: `Add ${code('uefi')} to ${code('firmware')}.`,
    });
}
