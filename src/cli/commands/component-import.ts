import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { GildError } from '../../support/errors.ts';
import { writeAtomically } from '../../support/files.ts';
import type { Cli } from '../types.ts';

export interface ComponentImportOptions {
  /** Path of a shell script. */
  readonly script: string;
  /** Of the component; the script's without its extension by default. */
  readonly name: string | undefined;
  /** File to write; stdout by default. */
  readonly out: string | undefined;
  readonly force: boolean;
}

/** Makes a component document of a shell script. */
export async function componentImport(options: ComponentImportOptions, cli: Cli): Promise<number> {
  const { script, out } = options;
  if (out !== undefined && existsSync(out) && !options.force) {
    throw new GildError({
      code: 'EXPORT_EXISTS',
      message: `${out} exists.`,
      hint: 'Overwrite it with --force.',
    });
  }
  const [{ documentFromScript }, { documentToYaml }, { parseDocument }] = await Promise.all([
    import('../../component/convert/from-script.ts'),
    import('../../component/convert/write.ts'),
    import('../../component/document.ts'),
  ]);
  const name = options.name ?? basename(script, extname(script));
  const { document, remarks } = documentFromScript(await readScript(script), name);
  const text = documentToYaml(document);
  parseDocument(text, { file: out ?? `${name}.yaml` });
  for (const remark of remarks) cli.note(remark);
  if (out === undefined) {
    cli.print(text.trimEnd());
    return 0;
  }
  await writeAtomically(out, text);
  cli.print(`${out} is written; \`gild component run ${out}\` tries it.`);
  return 0;
}

async function readScript(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason =
      (error as { code?: string }).code === 'ENOENT' ? 'does not exist' : (error as Error).message;
    throw new GildError({
      code: 'COMPONENT_NOT_FOUND',
      message: `The script ${path} ${reason}.`,
      cause: error,
    });
  }
}
