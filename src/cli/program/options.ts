import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RecipeOptions } from '../../build/types.ts';

export const imageNames = 'name, name@1.0.0, name@1.x.x or name@1.0.0/2';

export interface RecipeFlags {
  readonly var: Readonly<Record<string, string>>;
  readonly varFile: readonly string[];
}

/** `--var` and `--var-file`, alike for every command that reads a recipe. */
export function addRecipeOptions(command: Command): Command {
  return command
    .option(
      '--var <name=value>',
      'set a variable of the recipe (repeatable; also GILD_VAR_<name>)',
      collectVariable,
      {},
    )
    .option('--var-file <file>', 'set variables from a YAML or JSON file (repeatable)', collect, []);
}

export function recipeOptions(recipe: string, flags: RecipeFlags): RecipeOptions {
  return { recipe, vars: flags.var, varFiles: flags.varFile };
}

export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

export function choice(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices).default(choices[0]);
}

/** A number of things, one at least. */
export function count(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a number, 1 or more.');
}

function collectVariable(
  text: string,
  before: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const end = text.indexOf('=');
  if (end < 1) throw new InvalidArgumentError('Write it as name=value.');
  return { ...before, [text.slice(0, end)]: text.slice(end + 1) };
}
