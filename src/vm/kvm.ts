import { chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Host, Namespace } from '../host/types.ts';
import { output } from '../support/process.ts';

/**
 * Lets the namespace's root open the processor's virtualisation. Where we are root, that is somebody else, so it gets
 * a device node of its own; the host's stays as it is.
 */
export async function provideKvm(host: Host, namespace: Namespace, folder: string): Promise<void> {
  const { rootless, ids } = await host.facts();
  if (rootless) return;
  const { rdev } = statSync('/dev/kvm');
  const node = join(folder, 'kvm');
  await output(['mknod', '--mode=0600', node, 'c', String((rdev >> 8) & 0xfff), String(rdev & 0xff)]);
  chownSync(node, ids.uid, ids.gid);
  await namespace.exec(['mount', '--bind', node, '/dev/kvm']);
}
