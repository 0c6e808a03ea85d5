/** More than any real loop has; each is on record. */
export const mostIterations = 10_000;

/** `end` is included. */
interface Bounds {
  readonly start: string;
  readonly end: string;
  readonly updateBy: string;
}

/** Why a loop over these whole numbers would not end, or not soon. */
export function boundsProblem(
  bounds: Bounds,
): { readonly key: string; readonly message: string } | undefined {
  const count = countOf(bounds);
  if (Number(bounds.updateBy) === 0) return { key: 'updateBy', message: '`updateBy` must not be 0.' };
  if (count < 1) {
    const { start, end, updateBy } = bounds;
    return { key: 'updateBy', message: `From ${start} by ${updateBy}, a loop never comes to ${end}.` };
  }
  if (count <= mostIterations) return undefined;
  return { key: 'end', message: `The loop has ${count} iterations; it may have ${mostIterations}.` };
}

export function isInteger(text: string): boolean {
  return /^[-+]?\d{1,9}$/.test(text);
}

/** Iterations from `start` to `end`, both included; less than one if it would never come there. */
export function countOf(bounds: Bounds): number {
  return Math.floor((Number(bounds.end) - Number(bounds.start)) / Number(bounds.updateBy)) + 1;
}
