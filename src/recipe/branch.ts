import { z } from 'zod';

/**
 * An object that is one of several in a union. To zod an unknown key is no reason to prefer another member, and it
 * would report that key alone; which member was meant is for `bestBranch` to say, from all that is wrong with each.
 */
export function branch<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape).check((payload) => {
    payload.issues = payload.issues.map((issue) =>
      issue.code === 'unrecognized_keys' ? { ...issue, continue: false } : issue,
    );
  });
}
