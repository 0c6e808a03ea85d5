import { join } from 'node:path';
import { GildError } from '../support/errors.ts';
import { readBeginning } from '../support/files.ts';

/** A second name for a component; docs/design/component-names.md. */
export interface Alias {
  readonly name: string;
  /** Name of the component in the same folder. */
  readonly component: string;
  /** Defaults that the name stands for. */
  readonly defaults: Readonly<Record<string, string>>;
}

/**
 * Reads the file `aliases` of a component folder, which may not exist. Its lines are
 * `<name>: <component> [<Parameter>=<value> ...]`, empty, or comments after `#`. Throws `COMPONENT_INVALID`.
 */
export async function readAliases(folder: string): Promise<readonly Alias[]> {
  const file = join(folder, 'aliases');
  const lines = (await textOf(file)).split('\n');
  return lines.flatMap((line, index) => {
    const words = line.replace(/#.*/, '').trim();
    if (words === '') return [];
    const alias = parse(words);
    if (alias) return [alias];
    throw new GildError({
      code: 'COMPONENT_INVALID',
      message: `This line names no component: ${words}`,
      hint: 'A line is `other-name: component`, with `Parameter=value` after it for each default that it changes.',
      at: { file, line: index + 1, column: 1 },
    });
  });
}

const limit = 1024 * 1024;

async function textOf(file: string): Promise<string> {
  try {
    return (await readBeginning(file, limit)).toString('utf8');
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return '';
    throw error;
  }
}

function parse(words: string): Alias | undefined {
  const [, name, component, rest = ''] = /^([\w-]+):\s+([\w-]+)((?:\s+[\w-]+=\S+)*)$/.exec(words) ?? [];
  if (name === undefined || component === undefined) return undefined;
  const settings = rest.split(/\s+/).filter((word) => word !== '');
  const defaults = settings.map((setting) => {
    const at = setting.indexOf('=');
    return [setting.slice(0, at), setting.slice(at + 1)] as const;
  });
  return { name, component, defaults: Object.fromEntries(defaults) };
}
