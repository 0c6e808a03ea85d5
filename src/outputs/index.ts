import { diskFormats } from '../disks/formats/index.ts';
import { diskOutput } from './disk-output.ts';
import { dockerArchive } from './docker-archive.ts';
import { oci } from './oci/oci.ts';
import { rootfs } from './rootfs.ts';
import type { Output } from './types.ts';

/** Every output that a recipe can ask for. */
export const outputs: readonly Output[] = [oci, dockerArchive, rootfs, ...diskFormats.map(diskOutput)];

export function findOutput(type: string): Output | undefined {
  return outputs.find((output) => output.type === type);
}
