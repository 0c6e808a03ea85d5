import type { ComponentDocument } from '../model/component.ts';
import { GildError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import { holdsReference } from './references.ts';
import { valueProblem } from './value-problem.ts';

export interface CheckedParameters {
  /** A value for every parameter of the document, and nothing else. */
  readonly values: Readonly<Record<string, string>>;
  /** Parameters that were given and that the document does not have. */
  readonly warnings: readonly GildError[];
}

/** Fills in defaults. Throws `PARAMETER_INVALID` for every parameter that has no value. */
export function checkParameters(
  document: ComponentDocument,
  given: Readonly<Record<string, string>>,
): CheckedParameters {
  const names = document.parameters.map((parameter) => parameter.name);
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  const values: Record<string, string> = {};
  const problems: GildError[] = [];
  for (const declared of document.parameters) {
    const { name, value, description } = declared;
    const chosen = Object.hasOwn(given, name) ? given[name] : value;
    if (chosen !== undefined) values[name] = chosen;
    const wrong = chosen === undefined || holdsReference(chosen) ? undefined : valueProblem(declared, chosen);
    if (wrong) problems.push(notAllowed(document.name, name, wrong));
    if (chosen === undefined)
      problems.push(missing(document.name, name, { description, meant: nearest(name, unknown) }));
  }
  const [only] = problems;
  if (only && problems.length === 1) throw only;
  if (only) {
    const message = `${document.name}: ${problems.length} parameters have no value, or one that they may not have.`;
    throw new GildError({ code: 'PARAMETER_INVALID', message, problems });
  }
  return { values, warnings: unknown.map((name) => notKnown(document, name, names)) };
}

/** The value itself is not shown: it can be a secret. */
function notAllowed(component: string, name: string, expected: string): GildError {
  const message = `The parameter \`${name}\` of ${component} must be ${expected}.`;
  return new GildError({ code: 'PARAMETER_INVALID', message });
}

function missing(
  component: string,
  name: string,
  about: { readonly description: string | undefined; readonly meant: string | undefined },
): GildError {
  const { description, meant } = about;
  const hint = meant ? `\`${meant}\` was given; did you mean \`${name}\`?` : description;
  const message = `${component} needs a value for its parameter \`${name}\`.`;
  return new GildError({ code: 'PARAMETER_INVALID', message, ...(hint && { hint }) });
}

function notKnown(document: ComponentDocument, name: string, names: readonly string[]): GildError {
  const constant = document.constants.some((declared) => declared.name === name);
  const meant = nearest(name, names);
  const list =
    names.length > 0 ? `It has ${names.map((known) => `\`${known}\``).join(', ')}.` : 'It has none.';
  const hint = constant ? 'That is a constant of the document.' : meant ? `Did you mean \`${meant}\`?` : list;
  const message = `${document.name} has no parameter \`${name}\`; the value is ignored.`;
  return new GildError({ code: 'PARAMETER_INVALID', message, hint });
}
