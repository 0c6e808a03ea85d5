/** Something that is kept for later, and what it needs of the store. */
export interface Entry {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
  readonly uses: number;
  /** That it would take to make it again. */
  readonly seconds: number;
  readonly parts: readonly Part[];
}

/** A blob, a folder or a file; entries may share it, and it is freed with the last of them. */
export interface Part {
  readonly id: string;
  readonly bytes: number;
}

export interface EvictionOptions {
  /** Ids of parts that stay in any case. */
  readonly pinned: ReadonlySet<string>;
  /** To be freed. */
  readonly bytes: number;
}

/**
 * The entries that are worth least, as many as it takes to free so much; all that free anything if it takes more. None
 * of them could be spared.
 */
export function chooseVictims<T extends Entry>(
  entries: readonly T[],
  { pinned, bytes }: EvictionOptions,
): T[] {
  if (bytes <= 0) return [];
  const holders = countHolders(entries);
  let freed = 0;
  const victims: T[] = [];
  for (const entry of byWorth(entries, pinned)) {
    if (freed >= bytes) break;
    for (const part of loose(entry, pinned)) {
      const left = (holders.get(part.id) ?? 0) - 1;
      holders.set(part.id, left);
      if (left === 0) freed += part.bytes;
    }
    victims.push(entry);
  }
  return victims
    .toReversed()
    .filter((entry) => {
      const parts = loose(entry, pinned);
      const taken = total(parts.filter((part) => holders.get(part.id) === 0));
      if (freed - taken < bytes && taken > 0) return true;
      freed -= taken;
      for (const part of parts) holders.set(part.id, (holders.get(part.id) ?? 0) + 1);
      return false;
    })
    .toReversed();
}

/**
 * Those that free something, worth least first: how recently and how often an entry was used, weighted by how long each
 * byte takes to make again. Ranks are compared, not values: one that is ahead in all three is worth more, and no
 * unit matters.
 */
export function byWorth<T extends Entry>(entries: readonly T[], pinned: ReadonlySet<string>): T[] {
  const holders = countHolders(entries);
  const share = (entry: Entry) =>
    loose(entry, pinned).reduce((sum, { id, bytes }) => sum + bytes / (holders.get(id) ?? 1), 0);
  const candidates = entries.filter((entry) => share(entry) > 0);
  const recency = ranks(candidates, (entry) => entry.usedAt);
  const uses = ranks(candidates, (entry) => entry.uses);
  const cost = ranks(candidates, (entry) => entry.seconds / share(entry));
  return candidates
    .map((entry) => ({ entry, worth: (recency(entry) + uses(entry)) * cost(entry) }))
    .sort(
      (a, b) => a.worth - b.worth || a.entry.usedAt - b.entry.usedAt || (a.entry.id < b.entry.id ? -1 : 1),
    )
    .map(({ entry }) => entry);
}

/** Bytes that are free once these are gone and the others are not. */
export function freedBy(
  victims: readonly Entry[],
  { others, pinned }: { readonly others: readonly Entry[]; readonly pinned: ReadonlySet<string> },
): number {
  const held = new Set(others.flatMap(({ parts }) => parts.map(({ id }) => id)));
  const gone = new Map(
    victims.flatMap((entry) => loose(entry, pinned)).map((part) => [part.id, part] as const),
  );
  return total([...gone.values()].filter(({ id }) => !held.has(id)));
}

/** Above 0, at most 1; equal values have equal ranks. */
function ranks<T>(items: readonly T[], of: (item: T) => number): (item: T) => number {
  const values = [...new Set(items.map(of))].sort((a, b) => a - b);
  const places = new Map(values.map((value, index) => [value, (index + 1) / values.length]));
  return (item) => places.get(of(item)) ?? 0;
}

function countHolders(entries: readonly Entry[]): Map<string, number> {
  const holders = new Map<string, number>();
  for (const { parts } of entries) for (const { id } of parts) holders.set(id, (holders.get(id) ?? 0) + 1);
  return holders;
}

function loose({ parts }: Entry, pinned: ReadonlySet<string>): Part[] {
  return parts.filter(({ id }) => !pinned.has(id));
}

function total(parts: readonly Part[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}
