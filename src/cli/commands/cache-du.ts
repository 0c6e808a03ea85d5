import { leftOverBytes, usedBytes } from '../../build/cache/collect.ts';
import { recordBytes } from '../../build/cache/kept-files.ts';
import { type Inventory, type StockKind, takeInventory } from '../../build/inventory.ts';
import { openWorkshop } from '../../build/workshop.ts';
import { formatTable } from '../table.ts';
import type { Cli } from '../types.ts';
import { formatAge, formatBytes } from '../units.ts';

/** Says what the store holds, by kind. */
export async function cacheDu({ json }: { readonly json: boolean }, cli: Cli): Promise<undefined> {
  const workshop = openWorkshop();
  try {
    const usage = usageOf(await takeInventory(workshop), await recordBytes(workshop.host.home));
    cli.print(json ? JSON.stringify(usage, undefined, 2) : usageText(usage, cli));
  } finally {
    await workshop.close();
  }
}

interface Usage {
  readonly kinds: readonly {
    readonly kind: StockKind;
    readonly entries: number;
    /** What several kinds need counts for the first of them. */
    readonly bytes: number;
    /** Of these, what no image needs. */
    readonly reclaimable: number;
    /** RFC 3339, UTC. */
    readonly usedAt?: string;
  }[];
  /** Needed by images alone. */
  readonly images: number;
  /** Logs of runs and signed lists of distributions, which stay. */
  readonly records: number;
  /** Needed by nothing. */
  readonly leftOver: number;
  readonly bytes: number;
}

function usageOf(inventory: Inventory, records: number): Usage {
  const { stocks, pinned, parts } = inventory;
  const counted = new Set<string>();
  const kinds = (['bases', 'steps', 'outputs', 'tests', 'downloads', 'facts', 'kept'] as const).map(
    (kind) => {
      const own = stocks.filter((stock) => stock.kind === kind);
      const fresh = own
        .flatMap((stock) => stock.parts)
        .filter(({ id }) => !counted.has(id) && counted.add(id));
      const usedAt = Math.max(...own.map((stock) => stock.usedAt));
      return {
        kind,
        entries: own.length,
        bytes: fresh.reduce((sum, { bytes }) => sum + bytes, 0),
        reclaimable: fresh.reduce((sum, { id, bytes }) => sum + (pinned.has(id) ? 0 : bytes), 0),
        ...(own.length > 0 && { usedAt: new Date(usedAt).toISOString() }),
      };
    },
  );
  const images = [...pinned]
    .filter((id) => !counted.has(id))
    .reduce((sum, id) => sum + (parts.get(id)?.bytes ?? 0), 0);
  const leftOver = leftOverBytes(inventory);
  return { kinds, images, records, leftOver, bytes: usedBytes(inventory) + records };
}

const titles: Readonly<Record<StockKind, string>> = {
  bases: 'bases',
  steps: 'steps',
  outputs: 'outputs',
  tests: 'test results',
  downloads: 'downloads',
  facts: 'facts found out',
  kept: 'kept of failed runs',
};

function usageText({ kinds, images, records, leftOver, bytes }: Usage, { paint }: Cli): string {
  const now = new Date();
  const rows = kinds.map(({ kind, entries, bytes, reclaimable, usedAt }) => [
    titles[kind],
    String(entries),
    formatBytes(bytes),
    formatBytes(reclaimable),
    usedAt === undefined ? '-' : formatAge(usedAt, now),
  ]);
  const reclaimable = kinds.reduce((sum, kind) => sum + kind.reclaimable, leftOver);
  return formatTable([
    ['', 'ENTRIES', 'SIZE', 'RECLAIMABLE', 'LAST USED'],
    ...rows,
    ['only in images', '', formatBytes(images), formatBytes(0), ''],
    ['logs and lists', '', formatBytes(records), formatBytes(0), ''],
    ['left over', '', formatBytes(leftOver), formatBytes(leftOver), ''],
    [paint('bold', 'all'), '', formatBytes(bytes), formatBytes(reclaimable), ''],
  ]);
}
