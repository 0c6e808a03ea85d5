/** `count` blocks of a file from `logical` on lie from `physical` on. */
export interface Extent {
  readonly logical: number;
  readonly physical: number;
  readonly count: number;
}

/** Appends to ascending extents of at most `longest` blocks, as one with the last where that is possible. */
export function addExtent(extents: Extent[], added: Extent, longest: number): void {
  const last = extents.at(-1);
  const adjoins =
    last &&
    last.logical + last.count === added.logical &&
    last.physical + last.count === added.physical &&
    last.count + added.count <= longest;
  if (adjoins) {
    extents[extents.length - 1] = { ...last, count: last.count + added.count };
    return;
  }
  let { logical, physical, count } = added;
  for (; count > longest; count -= longest) {
    extents.push({ logical, physical, count: longest });
    logical += longest;
    physical += longest;
  }
  extents.push({ logical, physical, count });
}
