import type { RemoteSource } from '../cache/remote/source.ts';
import type { StepCache } from '../cache/types.ts';
import { platforms } from '../platforms/index.ts';
import type { Platform } from '../platforms/types.ts';
import { GildError } from '../support/errors.ts';
import type { TreeStore } from '../trees/types.ts';
import type { BuildOptions, Hooks, PlannedBuild } from './types.ts';
import type { Workshop } from './workshop.ts';

/** What the making of one image needs, from the first step to the record. */
export interface ImageJob {
  readonly workshop: Workshop;
  readonly planned: PlannedBuild;
  readonly secrets: ReadonlyMap<string, string>;
  readonly redact: (text: string) => string;
  readonly runId: string;
  readonly options: BuildOptions;
  readonly hooks: Hooks;
  readonly cache: StepCache;
  /** Absent where no other host is asked. */
  readonly remote?: RemoteSource | undefined;
}

/** The platform of the plan, over the store's trees or others. */
export async function platformOf(
  { workshop, planned }: ImageJob,
  trees: TreeStore = workshop.trees,
): Promise<Platform> {
  const create = platforms[planned.plan.platform];
  if (!create)
    throw new GildError({
      code: 'BUG',
      message: `No platform is registered as \`${planned.plan.platform}\`.`,
    });
  return create({ host: workshop.host, trees });
}
