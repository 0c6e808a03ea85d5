import { type JsonSchema, plainJsonSchema } from './json-schema.ts';
import type { RecipeKinds } from './kinds.ts';

/** The recipe reference as Markdown: every field with its type, default and meaning. */
export function recipeReference(kinds: RecipeKinds): string {
  const recipe = plainJsonSchema(kinds);
  const sections = Object.entries(fieldsOf(recipe)).flatMap(([name, field]) =>
    section(`\`${name}\``, field, 2),
  );
  return [
    '# Recipe reference',
    '',
    '<!-- Made by `npm run docs` from the schema. Do not edit. -->',
    '',
    'A recipe is YAML, JSON or TypeScript (`defineRecipe`). This page lists every field. `gild schema` prints the',
    'same as JSON Schema for editors.',
    '',
    ...table(recipe),
    ...language,
    ...sections,
    '',
  ]
    .join('\n')
    .replace(/\n{3,}/g, '\n\n');
}

const name = `\${var.name}`;

const language = [
  '',
  '## The language',
  '',
  '- YAML 1.2: `on`, `off`, `yes` and `no` are text. Every field is known; a misspelt one is an error.',
  '- Tabs as indentation are accepted with a warning, if they have one meaning.',
  '- A file mode is read as it is written: `mode: 0644` and `mode: "0644"` are the same.',
  '- A version has three parts. `version: 1.10` is an error: YAML reads it as the number 1.1.',
  "- Relative paths start at the recipe's folder.",
  '- At most 1 MiB, 64 levels, 100 uses of aliases; no tags (`!name`), no merge keys (`<<`).',
  '',
  `Variables are used as \`${name}\` in any text. A reference that is the whole value keeps the variable's type, so it can`,
  `stand for a number, a choice or a list. \`$${name}\` stands for the text \`${name}\` itself. A value comes from, later ones`,
  'winning: the `default`, `GILD_VAR_<name>` in the environment, the files given with `--var-file` in their order,',
  'and `--var name=value`. A list is given as `a,b` or as JSON.',
  '',
];

function section(title: string, schema: JsonSchema, depth: number): string[] {
  const inner = parts(schema);
  if (inner.length === 0) return [];
  const heading = `${'#'.repeat(Math.min(depth, 6))} ${title}`;
  const lines = ['', heading, '', String(schema.description ?? ''), ''];
  for (const part of inner) {
    const fields = fieldsOf(part);
    const named = typeof part.title === 'string' && inner.length > 1;
    if (named)
      lines.push(
        '',
        `${'#'.repeat(Math.min(depth + 1, 6))} ${part.title}`,
        '',
        String(part.description ?? ''),
        '',
      );
    if (Object.keys(fields).length === 0) continue;
    lines.push(...table(part));
    for (const [field, value] of Object.entries(fields)) {
      lines.push(...section(`${title.replace(/`$/, '')}.${field}\``, value, depth + (named ? 2 : 1)));
    }
  }
  return lines;
}

/** The schemas with fields of their own that a value can be, through lists, maps and choices. */
function parts(schema: JsonSchema): JsonSchema[] {
  const choices = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  if (choices) {
    const some = choices.flatMap((choice) => (parts(choice).length > 0 ? parts(choice) : [choice]));
    return some.some((choice) => 'properties' in choice)
      ? some.filter((choice) => 'properties' in choice || 'title' in choice)
      : [];
  }
  if ('properties' in schema) return [schema];
  const inside = schema.items ?? schema.additionalProperties;
  return typeof inside === 'object' && inside !== null ? parts(inside as JsonSchema) : [];
}

function table(schema: JsonSchema): string[] {
  const required = (schema.required ?? []) as string[];
  const rows = Object.entries(fieldsOf(schema))
    .sort(([a], [b]) => rank(a, schema) - rank(b, schema))
    .map(([field, value]) => {
      const standard = required.includes(field) ? '**required**' : defaultText(value);
      return `| \`${field}\` | ${typeText(value)} | ${standard} | ${cell(String(value.description ?? ''))} |`;
    });
  return ['| field | type | default | meaning |', '| --- | --- | --- | --- |', ...rows];
}

/** The fields that all members of a plug-in kind have come first. */
function rank(field: string, schema: JsonSchema): number {
  const isMember = 'const' in (fieldsOf(schema).type ?? {});
  return isMember && (field === 'name' || field === 'type') ? 0 : 1;
}

function defaultText({ default: standard }: JsonSchema): string {
  if (standard === undefined || standard === '') return '';
  if (Array.isArray(standard) && standard.length === 0) return 'none';
  if (typeof standard === 'object' && standard !== null && Object.keys(standard).length === 0) return 'none';
  return cell(`\`${typeof standard === 'string' ? standard : JSON.stringify(standard)}\``);
}

function typeText(schema: JsonSchema): string {
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeText({ type })).join(' or ');
  const choices = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  if (choices) return [...new Set(choices.map(typeText))].join(' or ');
  if ('const' in schema) return `\`${String(schema.const)}\``;
  if (Array.isArray(schema.enum)) {
    return schema.enum.length > 10 ? 'text' : schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  }
  if (schema.type === 'array') return `list of ${typeText((schema.items ?? {}) as JsonSchema)}`;
  if (schema.type === 'object') {
    const values = schema.additionalProperties;
    return 'properties' in schema
      ? 'fields'
      : `name: ${typeof values === 'object' && values !== null ? typeText(values as JsonSchema) : 'any'}`;
  }
  return typeNames[String(schema.type)] ?? 'any';
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: '`true`, `false`',
};

function fieldsOf(schema: JsonSchema): Record<string, JsonSchema> {
  return (schema.properties ?? {}) as Record<string, JsonSchema>;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
