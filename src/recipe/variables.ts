import { explain } from './explain.ts';
import { variableName } from './patterns.ts';
import type { Problems } from './problems.ts';
import { type Path, type Source, valueAt } from './source.ts';
import { type VariableDefinition, variableDefinition } from './variable-schema.ts';
import {
  fromData,
  fromText,
  patternFault,
  type Refusal,
  refusal,
  type TypedValue,
  typeOf,
  type VariableType,
} from './variable-values.ts';
import { code, similar } from './words.ts';

export interface Variable {
  readonly name: string;
  readonly sensitive: boolean;
  readonly type: VariableType;
  /** As it came, whether or not it can be used. */
  readonly given?: unknown;
  /** Absent when no usable value was given; that was already said. */
  readonly value?: TypedValue;
}

/** Where values come from; later ones win: default, environment, variable files in their order, flags. */
export interface Given {
  readonly env: NodeJS.ProcessEnv;
  readonly files: readonly Source[];
  readonly flags: Readonly<Record<string, string>>;
}

export const environmentPrefix = 'GILD_VAR_';

/** Reads the section `variables` and gives every variable its value. */
export function readVariables(
  source: Source,
  given: Given,
  problems: Problems,
): ReadonlyMap<string, Variable> {
  const section = valueAt(source.data, ['variables']);
  const declared = new Map<string, Variable>();
  for (const [name, entry] of Object.entries(isFields(section) ? section : {})) {
    const path = ['variables', name];
    if (!variableName.safeParse(name).success) continue;
    const definition = readDefinition(source, path, entry, problems);
    declared.set(
      name,
      definition
        ? readVariable(name, definition, source, given, problems)
        : { name, sensitive: false, type: 'string' },
    );
  }
  refuseUnknown(source, given, declared, problems);
  return declared;
}

function readDefinition(
  source: Source,
  path: Path,
  entry: unknown,
  problems: Problems,
): VariableDefinition | undefined {
  if (!isFields(entry))
    return entry === null
      ? undefined
      : { default: entry as NonNullable<VariableDefinition['default']>, sensitive: false };
  const result = explain(variableDefinition, entry);
  // The recipe's own schema says what is wrong with it.
  if (!result.data) return undefined;
  const pattern = result.data.validation?.pattern;
  const fault = pattern === undefined ? undefined : patternFault(pattern);
  if (fault) {
    problems.add(source, {
      path: [...path, 'validation', 'pattern'],
      message: `\`pattern\` is not a regular expression: ${fault}.`,
    });
  }
  return result.data;
}

function readVariable(
  name: string,
  definition: VariableDefinition,
  source: Source,
  given: Given,
  problems: Problems,
): Variable {
  const path = ['variables', name];
  const type = definition.type ?? (definition.default === undefined ? 'string' : typeOf(definition.default));
  const variable = { name, sensitive: definition.sensitive, type };
  const found = findValue(name, type, definition, source, given);
  if (!found) {
    problems.add(source, {
      path,
      part: 'key',
      code: 'VARIABLE_INVALID',
      message: `The variable ${code(name)} has no value.`,
      hint: `Set it with \`--var ${name}=...\`, in a file for \`--var-file\`, as ${code(environmentPrefix + name)} in the environment, or give it a \`default\`.`,
    });
    return variable;
  }
  const { typed, origin } = found;
  const broken = 'refused' in typed ? typed.refused : refusal(typed, definition);
  if (broken === undefined && !('refused' in typed)) return { ...variable, given: found.given, value: typed };
  const secretive = definition.sensitive ? (broken ?? '').replace(/, found .*$/s, '') : (broken ?? '');
  const own = definition.validation?.message;
  problems.add(origin.source ?? source, {
    path: origin.path ?? path,
    part: origin.path ? 'value' : 'key',
    code: 'VARIABLE_INVALID',
    message:
      own !== undefined && broken === own
        ? `${code(name)}: ${own}`
        : `The variable ${code(name)} ${secretive}.`,
    ...(origin.words ? { hint: `The value comes from ${origin.words}.` } : {}),
  });
  return { ...variable, given: found.given };
}

interface Found {
  readonly given: unknown;
  readonly typed: TypedValue | Refusal;
  readonly origin: { readonly source?: Source; readonly path?: Path; readonly words?: string };
}

function findValue(
  name: string,
  type: VariableType,
  definition: VariableDefinition,
  source: Source,
  given: Given,
): Found | undefined {
  const flag = Object.hasOwn(given.flags, name) ? given.flags[name] : undefined;
  if (flag !== undefined) return { given: flag, typed: fromText(flag, type), origin: { words: '`--var`' } };
  for (const file of given.files.toReversed()) {
    if (!isFields(file.data) || !Object.hasOwn(file.data, name)) continue;
    return {
      given: file.data[name],
      typed: fromData(file.data[name], type, (index) =>
        file.written(index === undefined ? [name] : [name, index]),
      ),
      origin: { source: file, path: [name] },
    };
  }
  const variable = given.env[environmentPrefix + name];
  if (variable !== undefined)
    return {
      given: variable,
      typed: fromText(variable, type),
      origin: { words: code(environmentPrefix + name) },
    };
  if (definition.default === undefined) return undefined;
  const short = !isFields(valueAt(source.data, ['variables', name]));
  const path = short ? ['variables', name] : ['variables', name, 'default'];
  return {
    given: definition.default,
    typed: fromData(definition.default, type, (index) =>
      source.written(index === undefined ? path : [...path, index]),
    ),
    origin: { path },
  };
}

function refuseUnknown(
  source: Source,
  given: Given,
  declared: ReadonlyMap<string, Variable>,
  problems: Problems,
): void {
  const names = [...declared.keys()];
  for (const name of Object.keys(given.flags)) {
    if (declared.has(name)) continue;
    problems.add(source, {
      path: ['variables'],
      part: 'key',
      code: 'VARIABLE_INVALID',
      message: `\`--var ${name}=...\` sets a variable that the recipe does not declare.`,
      hint: suggestion(name, names),
    });
  }
  for (const file of given.files) {
    for (const name of isFields(file.data) ? Object.keys(file.data) : []) {
      if (declared.has(name)) continue;
      const problem = {
        path: [name],
        part: 'key' as const,
        message: `The recipe has no variable ${code(name)}.`,
        hint: suggestion(name, names),
      };
      problems.warn(file, 'VARIABLE_UNKNOWN', problem);
    }
  }
}

/** The near name, or where to declare one. */
export function suggestion(name: string, declared: readonly string[]): string {
  const meant = similar(name, declared);
  if (meant) return `Did you mean ${code(meant)}?`;
  return `Declare it: \`variables: { ${name}: { type: string } }\`.`;
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
