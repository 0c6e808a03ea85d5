import type { z } from 'zod';
import type { Check, CheckContext, Finding } from './types.ts';

interface Definition<Schema extends z.ZodObject> extends Omit<Check, 'schema' | 'run'> {
  readonly schema: Schema;
  run(options: z.output<Schema>, context: CheckContext): Promise<Finding>;
}

/** Gives `run` the types of the schema; defaults are filled in even where nobody parsed before. */
export function defineCheck<Schema extends z.ZodObject>(definition: Definition<Schema>): Check {
  return {
    ...definition,
    run: (options, context) => definition.run(definition.schema.parse(options), context),
  };
}
