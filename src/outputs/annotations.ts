import { timestamp } from './timestamp.ts';
import type { OutputInput } from './types.ts';

const prefix = 'org.opencontainers.image';

export const refNameAnnotation = `${prefix}.ref.name`;
export const versionAnnotation = `${prefix}.version`;

/** What the OCI standard keys say of an image; in the manifest, and as labels in the config. */
export function imageAnnotations(input: OutputInput): Readonly<Record<string, string>> {
  return {
    [`${prefix}.title`]: input.name,
    [versionAnnotation]: input.version,
    [`${prefix}.created`]: timestamp(input.epoch),
    ...(input.description && { [`${prefix}.description`]: input.description }),
    ...(input.base && {
      [`${prefix}.base.name`]: input.base.name,
      [`${prefix}.base.digest`]: input.base.digest,
    }),
  };
}
