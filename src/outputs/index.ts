import { dockerArchive } from './docker-archive.ts';
import { oci } from './oci/oci.ts';
import { rootfs } from './rootfs.ts';
import type { Output } from './types.ts';

/** Every output that a recipe can ask for. */
export const outputs: readonly Output[] = [oci, dockerArchive, rootfs];
