import { z } from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const value = z.union([z.string(), z.number(), z.boolean(), z.array(scalar)]);

const validation = z
  .strictObject({
    pattern: z
      .string()
      .min(1)
      .max(1000)
      .optional()
      .describe('Regular expression that the whole value must match.'),
    min: z.number().optional().describe('Smallest number, shortest text or fewest items.'),
    max: z.number().optional().describe('Largest number, longest text or most items.'),
    oneOf: z.array(scalar).min(1).optional().describe('The only values that are allowed.'),
    message: z.string().min(1).max(1000).optional().describe('What to say when the value is refused.'),
  })
  .meta({ title: 'Validation', description: 'Which values a variable accepts.' });

export const variableDefinition = z
  .strictObject({
    type: z
      .enum(['string', 'number', 'boolean', 'list'])
      .optional()
      .describe("Type of the value. The default's when absent, `string` where there is no default."),
    default: value.optional().describe('Used when no other value is given. Without it a value is required.'),
    description: z.string().max(4096).optional().describe('What the value is for.'),
    validation: validation.optional().describe('Which values are accepted.'),
    sensitive: z.boolean().default(false).describe('Hides the value in all logs and messages.'),
  })
  .meta({ title: 'Variable', description: 'A value that is set from outside.' });

export const variableSchema = z.union([
  value.meta({
    title: 'Variable in short',
    description: 'The default; its type is the type of the variable.',
  }),
  variableDefinition,
]);

export type VariableDefinition = z.output<typeof variableDefinition>;
