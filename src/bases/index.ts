import type { BaseSpec } from '../model/buildspec.ts';
import { debian } from './debian/debian.ts';
import { dockerArchive } from './docker-archive/docker-archive.ts';
import { image } from './image.ts';
import { oci } from './oci/oci.ts';
import { parseReference } from './parse.ts';
import { registry } from './registry/registry.ts';
import { rootfs } from './rootfs/rootfs.ts';
import { scratch } from './scratch.ts';
import type { Base } from './types.ts';

/** Every kind of base. */
export const bases: readonly Base[] = [debian, registry, oci, dockerArchive, rootfs, image, scratch];

/** Reads a base as recipes write it; paths in it start at `directory`. Throws `RECIPE_INVALID`. */
export function parseBase(reference: string, directory: string, options?: BaseSpec['options']): BaseSpec {
  return parseReference(reference, directory, { bases, options });
}
