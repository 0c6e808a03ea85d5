import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of Gild's own package: what it ships beside its code is found from here, bundled or not. */
export function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
