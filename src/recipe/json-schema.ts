import { z } from 'zod';
import type { RecipeKinds } from './kinds.ts';
import { recipeSchema } from './schema.ts';

export type JsonSchema = { [key: string]: unknown };

/** The recipe language as JSON Schema (draft 2020-12), for editors and for other tools. */
export function recipeJsonSchema(kinds: RecipeKinds): JsonSchema {
  const schema = plainJsonSchema(kinds);
  const { $schema, ...rest } = withReferences(schema) as JsonSchema;
  return {
    $schema,
    $id: 'urn:gild:recipe',
    ...rest,
    $defs: {
      reference: {
        title: 'Value of a variable',
        description: 'Stands for the value of a variable.',
        type: 'string',
        pattern: '^\\$\\{var\\.[A-Za-z_][A-Za-z0-9_]*\\}$',
      },
      text: {
        title: 'Text with variables',
        type: 'string',
        pattern: '\\$\\{var\\.[A-Za-z_][A-Za-z0-9_]*\\}',
      },
    },
  };
}

/** As `recipeJsonSchema`, without the references to variables that are possible everywhere. */
export function plainJsonSchema(kinds: RecipeKinds): JsonSchema {
  return z.toJSONSchema(recipeSchema(kinds), {
    io: 'input',
    reused: 'inline',
    unrepresentable: 'any',
  }) as JsonSchema;
}

const containers = ['properties', 'additionalProperties', 'items', 'anyOf', 'oneOf'];

/** Where the schema is stricter than text, a reference to a variable is possible too. */
function withReferences(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withReferences);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => {
    if (key === 'properties') {
      const fields = Object.entries(value as JsonSchema).filter(([name]) => name !== 'variables');
      const variables = (value as JsonSchema).variables;
      const inner = Object.fromEntries(fields.map(([name, field]) => [name, withReferences(field)]));
      return [key, variables === undefined ? inner : { ...inner, variables }];
    }
    return [key, containers.includes(key) ? withReferences(value) : value];
  });
  const inner = Object.fromEntries(entries) as JsonSchema;
  const replacement = replacementFor(inner);
  if (!replacement) return inner;
  const { title, description, default: standard, ...strict } = inner;
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(standard === undefined ? {} : { default: standard }),
    anyOf: [strict, { $ref: `#/$defs/${replacement}` }],
  };
}

function replacementFor(schema: JsonSchema): 'reference' | 'text' | undefined {
  if ('const' in schema) return undefined;
  if (schema.type === 'string')
    return 'pattern' in schema || 'enum' in schema || 'format' in schema ? 'text' : undefined;
  return ['number', 'integer', 'boolean', 'array'].includes(String(schema.type)) ? 'reference' : undefined;
}
