import { z } from 'zod';
import type { CacheSpec } from '../model/cache.ts';
import { secondsOf } from '../support/amounts.ts';
import { duration } from './patterns.ts';

/** Of the whole recipe, or of one component. */
export const cacheSchema = z.union([
  z.boolean().meta({
    title: 'Reuse or not',
    description: '`false`: carried out in every build. `true`: as when nothing is said.',
  }),
  z
    .strictObject({
      maxAge: duration
        .optional()
        .describe('Results that are older are made anew: `30m`, `12h`, `7d`, `2w`. No limit when absent.'),
      epoch: z
        .string()
        .min(1)
        .max(256)
        .optional()
        .describe('Any text, such as a date. Another one makes everything anew once.'),
    })
    .meta({ title: 'Reuse within limits', description: 'When results are too old to be used again.' }),
]);

export function cacheSpec(cache: z.output<typeof cacheSchema> | undefined): { readonly cache?: CacheSpec } {
  if (cache === undefined) return {};
  if (typeof cache === 'boolean') return { cache: { reuse: cache } };
  const { maxAge, epoch } = cache;
  return {
    cache: {
      reuse: true,
      ...(maxAge !== undefined && { maxAge: secondsOf(maxAge) }),
      ...(epoch !== undefined && { epoch }),
    },
  };
}
