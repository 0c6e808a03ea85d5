import { chownSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { HostFacts } from '../../host/types.ts';
import type { SharedFolder } from '../types.ts';
import { mountOverlay } from './root.ts';

/**
 * Makes the folders, and says what lays shared folders over what is below them, in the machine's folder:
 *
 * ```
 * shared-0           the overlay; mounted in the namespace only
 * shared-0.above     link to the shared folder
 * shared-0.below     link to what is never changed
 * shared-0.work
 * ```
 */
export function layShared(
  folder: string,
  shared: readonly SharedFolder[],
  facts: HostFacts,
): (readonly string[])[] {
  return shared.flatMap(({ source, below }, index) => {
    if (below === undefined) return [];
    const name = sharedName(index);
    for (const path of [name, `${name}.work`]) {
      mkdirSync(join(folder, path));
      if (!facts.rootless) chownSync(join(folder, path), facts.ids.uid, facts.ids.gid);
    }
    symlinkSync(source, join(folder, `${name}.above`));
    symlinkSync(below, join(folder, `${name}.below`));
    const options = `userxattr,volatile,lowerdir=${name}.below,upperdir=${name}.above,workdir=${name}.work`;
    return [mountOverlay(options, name)];
  });
}

/** What a machine mounts for a shared folder that has another below it. */
export function sharedName(index: number): string {
  return `shared-${index}`;
}
