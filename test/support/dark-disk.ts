import type { Firmware } from '../../src/model/disk.ts';
import { smallRecipe, type Workspace } from './workspace.ts';

/** Writes a recipe of a disk whose kernel is none, which its boot loader says at once: a boot test that costs seconds. */
export async function darkDisk(
  space: Workspace,
  name: string,
  { outputs, firmware }: { readonly outputs: readonly string[]; readonly firmware: readonly Firmware[] },
): Promise<void> {
  await space.write('components/bootable-linux/9.0.0.yaml', bootComponent(almostBootable));
  const tests = [{ name: 'boots', type: 'boot', timeoutSeconds: 60 }];
  await space.write(name, smallRecipe({ name: 'dark', outputs, disk: { firmware }, tests }));
}

/** Gives a busybox system an init and the name of a kernel: enough for a disk to be made. */
export const almostBootable =
  'ln -s busybox /bin/init; ln -s bin /sbin; mkdir /boot; echo none > /boot/vmlinuz-1';

/** In place of the component that every recipe with a disk output gets. */
export function bootComponent(command: string): string {
  const steps = [{ name: 'Only', action: 'ExecuteBash', inputs: { commands: [command] } }];
  const parameters = [{ SignedGrub: { type: 'string', default: 'no' } }];
  return JSON.stringify({ schemaVersion: 1.0, parameters, phases: [{ name: 'build', steps }] });
}
