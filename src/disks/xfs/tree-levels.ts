/** What a block of a tree holds: records at level 0, else a key and a block below for each. */
export interface TreeNode<Item> {
  readonly level: number;
  readonly items: readonly Item[];
  readonly place: number;
  /** Places of its neighbours on its level. */
  readonly left: number | undefined;
  readonly right: number | undefined;
}

export interface LevelOptions<Item> {
  /** Items in a block of that level, at most. */
  readonly most: (level: number) => number;
  readonly reserve: (blocks: number) => number[];
  readonly write: (node: TreeNode<Item>) => void;
  /** What the level above has of a block. */
  readonly above: (first: Item, place: number) => Item;
}

/** One level of a tree in blocks, all about equally full; what the level above has of them. */
export function writeLevel<Item>(
  items: readonly Item[],
  level: number,
  { most, reserve, write, above }: LevelOptions<Item>,
): Item[] {
  const count = Math.max(1, Math.ceil(items.length / most(level)));
  const places = reserve(count);
  return places.map((place, index) => {
    const from = Math.floor((items.length * index) / count);
    const own = items.slice(from, Math.floor((items.length * (index + 1)) / count));
    write({ level, items: own, place, left: places[index - 1], right: places[index + 1] });
    return above(own[0] as Item, place);
  });
}
