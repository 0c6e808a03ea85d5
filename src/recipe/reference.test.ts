import { describe, expect, it } from 'vitest';
import { recipeJsonSchema } from './json-schema.ts';
import { someKinds } from './recipe-fixture.ts';
import { recipeReference } from './reference.ts';

describe('the recipe language as documents', () => {
  it('is a JSON Schema in which every field says what it is for', () => {
    const silent: string[] = [];
    const visit = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      for (const [key, value] of Object.entries(schema)) {
        if (key === 'properties') {
          for (const [name, field] of Object.entries(value as Record<string, object>)) {
            if (!('description' in field)) silent.push(`${path}.${name}`);
          }
        }
        visit(value, `${path}.${key}`);
      }
    };
    const schema = recipeJsonSchema(someKinds);
    visit(schema, '');
    expect(silent).toEqual([]);
    expect(schema).toMatchObject({ $id: 'urn:gild:recipe', title: 'Recipe', required: ['name', 'version'] });
  });

  it('lets variables stand for numbers, choices and lists', () => {
    const { properties } = recipeJsonSchema(someKinds) as { properties: Record<string, unknown> };
    expect(properties.network).toMatchObject({
      default: 'on',
      anyOf: [{ enum: ['on', 'off', 'loopback'] }, { $ref: '#/$defs/text' }],
    });
    expect(properties.epoch).toMatchObject({
      anyOf: [{ type: 'integer' }, { $ref: '#/$defs/reference' }],
    });
  });

  it('is a page with every field', () => {
    const page = recipeReference(someKinds);
    expect(page).toContain('| `network` | `on`, `off`, `loopback` | `on` | While components run');
    expect(page).toContain('#### `components.steps`');
    expect(page).toContain('| `exitCode` | whole number | `0` | Expected exit code. |');
    for (const field of ['if', 'loop', 'retry']) expect(page).toContain(`| \`${field}\` |`);
    expect(page).not.toMatch(/undefined|\[object/);
  });
});
