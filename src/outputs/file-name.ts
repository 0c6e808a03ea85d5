import type { OutputInput } from './types.ts';

/** Lower case throughout: podman makes a name of the path of `oci:path`, and refuses upper case in it. */
export function fileName(input: Pick<OutputInput, 'name' | 'version'>, extension: string): string {
  return `${input.name}-${input.version}.${extension}`.toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
}
