import type { z } from 'zod';
import { isMissing, wantedTypes } from './best-branch.ts';
import { familiarFields, familiarValues } from './familiar.ts';
import type { ExplainContext, Fault, FlatIssue } from './fault.ts';
import { type Path, valueAt } from './source.ts';
import { code, either, listed, shown, similar, typeWord } from './words.ts';

/** What an issue means to the person who wrote the recipe. */
export function faultOf(flat: FlatIssue, context: ExplainContext): Fault[] {
  const { issue, path } = flat;
  if (issue.code === 'unrecognized_keys')
    return issue.keys
      .slice(0, 200)
      .map((key) => unknownField(key, path, context.allowed(issue.keys), context));
  if (isMissing({ ...issue, path: [] } as z.core.$ZodIssue, path, context)) return [missing(flat)];
  if (issue.code === 'invalid_key') return [badName(flat)];
  return [{ path, part: 'value', ...words(flat, context) }];
}

function unknownField(key: string, path: Path, allowed: readonly string[], context: ExplainContext): Fault {
  const present = valueAt(context.data, path) as Record<string, unknown>;
  const meant =
    similar(
      key,
      allowed.filter((name) => !Object.hasOwn(present, name)),
    ) ??
    (path.length === 0 ? familiarFields.get(key) : undefined) ??
    similar(key, allowed);
  const isMisplaced = path.length > 0 && context.top.includes(key);
  const hint = meant
    ? `Did you mean \`${meant}\`?`
    : isMisplaced
      ? `${code(key)} is a field of the recipe itself, and stands at its left edge.`
      : otherFields(key, allowed);
  return {
    path: [...path, key],
    part: 'key',
    message: `${code(key)} is not a field of ${noun(path, context)}.`,
    hint,
    meant,
  };
}

function otherFields(key: string, allowed: readonly string[]): string | undefined {
  if (key === '<<') return 'YAML 1.2 has no merge keys; write the fields out.';
  const fields = allowed.filter((name) => !name.startsWith('$'));
  if (fields.length === 0) return undefined;
  return fields.length === 1 ? `There is only ${listed(fields)}.` : `There are ${listed(fields, 'and')}.`;
}

function missing({ issue, path }: FlatIssue): Fault {
  const name = String(path.at(-1));
  const purpose = issue.message.startsWith('\u0001') ? issue.message.slice(1) : undefined;
  const options =
    issue.code === 'invalid_union' && 'options' in issue ? (issue.options as string[]) : undefined;
  return {
    path,
    part: 'key',
    missing: true,
    message: `\`${name}\` is missing.`,
    hint: options ? `It is one of ${listed(options)}.` : purpose,
  };
}

function badName({ issue, path }: FlatIssue): Fault {
  const inner = issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined;
  const name = String(path.at(-1));
  return {
    path,
    part: 'key',
    message: `The name ${code(name)} is not possible here: it must be ${inner ?? 'of another form'}.`,
  };
}

type Words = Pick<Fault, 'message' | 'hint' | 'wantsText'>;

function words({ issue, path }: FlatIssue, context: ExplainContext): Words {
  const value = valueAt(context.data, path);
  const name = subject(path);
  const found = shown(value, context.written(path));
  switch (issue.code) {
    case 'invalid_type':
      return wrongType([issue.expected], name, value, found, path, context);
    case 'invalid_union':
      if ('options' in issue) return oneOf(issue.options as string[], name, value, found);
      return wrongType(wantedTypes(issue.errors), name, value, found, path, context);
    case 'invalid_value':
      return oneOf(issue.values.map(String), name, value, found);
    case 'invalid_format':
      return {
        message: `${name} must be ${expectation(issue)}, found ${found}.`,
        hint: formatHint(value, path),
      };
    case 'too_small':
      if (issue.origin === 'number' || issue.origin === 'int') {
        return {
          message: `${name} must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}, found ${found}.`,
        };
      }
      return {
        message:
          issue.minimum === 1
            ? `${name} must not be empty.`
            : `${name} is too short: at least ${issue.minimum} ${unit(issue.origin)}.`,
      };
    case 'too_big':
      if (issue.origin === 'number' || issue.origin === 'int') {
        return {
          message: `${name} must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}, found ${found}.`,
        };
      }
      return { message: `${name} is too long: at most ${issue.maximum} ${unit(issue.origin)}.` };
    case 'custom':
      return { message: sentence(issue.message, name) };
    default:
      return { message: `${name} is not right: ${issue.message}.` };
  }
}

function wrongType(
  types: readonly string[],
  name: string,
  value: unknown,
  found: string,
  path: Path,
  context: ExplainContext,
): Words {
  const expected = either(types.map(typeWord));
  if (path.length === 0)
    return { message: `A recipe consists of fields such as \`name: web-server\`, found ${found}.` };
  if (value === null)
    return { message: `${name} is empty; it must be ${expected}.`, hint: 'Give it a value, or remove it.' };
  const written = context.written(path);
  const wantsText = types.includes('string') && (typeof value === 'number' || typeof value === 'boolean');
  if (wantsText && path.at(-1) === 'version') return { ...versionTrap(name, value, written), wantsText };
  const message = `${name} must be ${expected}, found ${typeof value === 'string' && value !== '' ? 'the text ' : ''}${found}.`;
  if (wantsText && path.at(-1) === 'mode' && written === undefined) {
    return {
      message,
      hint: `Write the octal digits as text: \`mode: '0${Number(value).toString(8)}'\`.`,
      wantsText,
    };
  }
  if (wantsText && typeof path.at(-1) === 'number') return { message, wantsText };
  if (wantsText)
    return {
      message,
      hint: `Put it in quotes: \`${String(path.at(-1))}: "${written ?? String(value)}"\`.`,
      wantsText,
    };
  return { message, hint: typeHint(types, value, path) };
}

function versionTrap(name: string, value: unknown, written: string | undefined): Words {
  const text = written ?? String(value);
  const trap = text === String(value) ? '' : `, which YAML reads as the number ${code(String(value))}`;
  const full = /^\d+(\.\d+)?$/.test(text) ? `${text}${'.0'.repeat(3 - text.split('.').length)}` : '1.0.0';
  return {
    message: `${name} must be three numbers such as \`1.2.3\`, found the number ${code(text)}${trap}.`,
    hint: `Write \`version: ${full}\`.`,
  };
}

function typeHint(types: readonly string[], value: unknown, path: Path): string | undefined {
  if (path[0] === 'epoch' && typeof value === 'string' && !Number.isNaN(Date.parse(value))) {
    return `Write it in seconds: \`${Math.floor(Date.parse(value) / 1000)}\`.`;
  }
  const name = path.findLast((step) => typeof step === 'string') ?? 'name';
  if (typeof value === 'string' && types.includes('array')) {
    return `Write a list: \`${name}: [${value.length > 40 || /["'[\]{},]/.test(value) ? '...' : value.trim().split(/\s+/).join(', ')}]\`.`;
  }
  if (Array.isArray(value) && types.includes('record')) return 'Write `name: value` lines without dashes.';
  if (
    typeof value === 'string' &&
    /^-?\d+(\.\d+)?$/.test(value) &&
    (types.includes('number') || types.includes('int'))
  )
    return 'Remove the quotes.';
  if (typeof value === 'string' && types.includes('boolean') && /^(yes|no|on|off|y|n)$/i.test(value)) {
    return `Write \`${/^(y|on)/i.test(value)}\`.`;
  }
  return undefined;
}

function oneOf(options: readonly string[], name: string, value: unknown, found: string): Words {
  const hint = typeof value === 'string' ? valueHint(options, value) : undefined;
  if (hint && options.length > 10) return { message: `${name} cannot be ${found}.`, hint };
  return {
    message: `${name} must be ${options.length > 1 ? 'one of ' : ''}${listed(options)}, found ${found}.`,
    hint,
  };
}

function valueHint(options: readonly string[], value: string): string | undefined {
  const known = familiarValues.get(value);
  const meant = known && options.includes(known) ? known : similar(value, options);
  return meant ? `Did you mean \`${meant}\`?` : undefined;
}

function expectation(issue: z.core.$ZodIssueInvalidStringFormat): string {
  if (!issue.message.startsWith('Invalid')) return issue.message;
  if (issue.format === 'starts_with' && 'prefix' in issue)
    return `text that starts with ${code(String(issue.prefix))}`;
  if (issue.format === 'regex' && 'pattern' in issue)
    return `text that matches ${code(String(issue.pattern))}`;
  return `of the form ${issue.format}`;
}

function formatHint(value: unknown, path: Path): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (path.at(-1) === 'version') {
    if (/^v\d/.test(value)) return `Write it without \`v\`: \`${value.slice(1)}\`.`;
    if (/^\d+(\.\d+)?$/.test(value)) return `Write \`${value}${'.0'.repeat(3 - value.split('.').length)}\`.`;
  }
  if (path[0] === 'components' && path.length === 2 && /[/]|\.ya?ml$/.test(value))
    return `Write \`- path: ${value}\`.`;
  const partial =
    path[0] === 'components' && path.length === 2 ? /^([\w.-]+)@v?(\d+(?:\.\d+)?)$/.exec(value) : null;
  if (partial)
    return `Did you mean \`${partial[1]}@${partial[2]}${'.x'.repeat(3 - (partial[2]?.split('.').length ?? 0))}\`?`;
  if (path.at(-1) === 'memory') {
    const amount = /^(\d+(?:\.\d+)?)\s*([kmgt])(?:i?b)?$/i.exec(value);
    if (amount) return `Did you mean \`${amount[1]}${amount[2]?.toUpperCase()}iB\`?`;
  }
  return undefined;
}

/** A schema's own words, made a sentence about the field. */
function sentence(message: string, name: string): string {
  const words = message.replace(/\.$/, '');
  if (/^(must|cannot|may|needs?|is|has|wants?) /.test(words)) return `${name} ${words}.`;
  if (/^not /.test(words)) return `${name} is ${words}.`;
  return /^[a-z]/.test(words) ? `${name}: ${words}.` : `${words}.`;
}

function subject(path: Path): string {
  const last = path.at(-1);
  if (typeof last === 'string') return code(last);
  if (last === undefined) return 'The recipe';
  const list = path.at(-2);
  return list === undefined ? 'It' : `Item ${last + 1} of ${code(String(list))}`;
}

function unit(origin: string): string {
  return origin === 'string' ? 'characters' : 'items';
}

/** What the fields at a path make up. */
function noun(path: Path, context: ExplainContext): string {
  const [first, second] = path;
  if (first === undefined) return 'a recipe';
  if (path.length === 2 && typeof first === 'string') {
    const type = (valueAt(context.data, path) as { type?: unknown } | undefined)?.type;
    const ofType = typeof type === 'string' ? ` of type ${code(type)}` : '';
    if (first === 'tests') return `a test${ofType}`;
    if (first === 'outputs') return `an output${ofType}`;
    const word = { components: 'a component', files: 'a file', secrets: 'a secret', variables: 'a variable' }[
      first
    ];
    if (word && second !== undefined) return word;
  }
  if (path.at(-2) === 'steps') return 'a step';
  const name = path.findLast((step) => typeof step === 'string');
  return name === undefined ? 'this' : code(name);
}
