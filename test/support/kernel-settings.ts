import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Every kernel setting of this host that can be read and written, by its path; what can only be read is a counter. */
export function kernelSettings(folder = '/proc/sys'): Map<string, string> {
  const settings = new Map<string, string>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) for (const [name, value] of kernelSettings(path)) settings.set(name, value);
    else if (entry.isFile() && (statSync(path).mode & 0o222) !== 0) {
      try {
        settings.set(path, readFileSync(path, 'latin1'));
      } catch {}
    }
  }
  return settings;
}
