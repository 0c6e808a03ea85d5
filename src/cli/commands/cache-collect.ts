import {
  type Choose,
  chooseAll,
  chooseExcess,
  chooseUnusedSince,
  collectCache,
  foreseeCollection,
  spaceSettings,
} from '../../build/cache/collect.ts';
import { takeInventory } from '../../build/inventory.ts';
import { openWorkshop, type Workshop } from '../../build/workshop.ts';
import type { SpaceTexts } from '../../cache/space.ts';
import { durationPattern, secondsOf } from '../../support/amounts.ts';
import { GildError } from '../../support/errors.ts';
import type { Cli } from '../types.ts';
import { formatAge, formatBytes } from '../units.ts';

interface CollectOptions {
  readonly dryRun: boolean;
  readonly json: boolean;
}

export interface CachePruneOptions extends CollectOptions {
  /** `30d` */
  readonly olderThan: string;
  readonly all: boolean;
}

export interface CacheGcOptions extends CollectOptions {
  /** In place of what the environment says. */
  readonly given: Partial<SpaceTexts>;
}

/** Drops what was not used for some time, or all. */
export function cachePrune({ olderThan, all, ...options }: CachePruneOptions, cli: Cli): Promise<undefined> {
  if (!durationPattern.test(olderThan))
    throw new GildError({
      code: 'USAGE',
      message: `\`${olderThan}\` is no duration.`,
      hint: 'Write a number with its unit, such as `12h`, `7d` or `2w`.',
    });
  const choose = all ? chooseAll : chooseUnusedSince(Date.now() - secondsOf(olderThan) * 1000);
  return collect(() => choose, options, cli);
}

/** Brings the store within its limits, as is done after builds. */
export function cacheGc({ given, ...options }: CacheGcOptions, cli: Cli): Promise<undefined> {
  return collect((home) => chooseExcess(home, spaceSettings(process.env, given)), options, cli);
}

async function collect(
  chooseIn: (home: string) => Choose,
  { dryRun, json }: CollectOptions,
  cli: Cli,
): Promise<undefined> {
  const workshop = openWorkshop();
  try {
    const choose = chooseIn(workshop.host.home);
    const done = dryRun
      ? { busy: false, ...(await foreseeCollection(workshop, choose)) }
      : await collectCache(workshop, choose);
    const dropped = done.dropped.map(({ kind, name, usedAt }) => ({
      kind,
      name,
      usedAt: new Date(usedAt).toISOString(),
    }));
    if (json)
      cli.print(JSON.stringify({ dryRun, busy: done.busy, bytes: done.bytes, dropped }, undefined, 2));
    else if (done.busy)
      cli.note('A build or export is running: nothing was removed. Try again when it has ended.');
    else {
      cli.print(report(dropped, done.bytes, dryRun));
      const left = await heldByImages(workshop);
      if (left > 0)
        cli.note(`Images on record need ${formatBytes(left)}, which stay: \`gild rm\` removes images.`);
    }
  } finally {
    await workshop.close();
  }
}

async function heldByImages(workshop: Workshop): Promise<number> {
  const { pinned, parts } = await takeInventory(workshop);
  return [...pinned].reduce((sum, id) => sum + (parts.get(id)?.bytes ?? 0), 0);
}

function report(
  dropped: readonly { readonly kind: string; readonly name: string; readonly usedAt: string }[],
  bytes: number,
  dryRun: boolean,
): string {
  const now = new Date();
  const lines = dropped.map(
    ({ name, usedAt }) => `${dryRun ? 'would drop' : 'dropped'} ${name}, last used ${formatAge(usedAt, now)}`,
  );
  const entries = `${dropped.length} ${dropped.length === 1 ? 'entry' : 'entries'}`;
  return [...lines, `${formatBytes(bytes)} ${dryRun ? 'would be freed' : 'freed'}: ${entries}`].join('\n');
}
