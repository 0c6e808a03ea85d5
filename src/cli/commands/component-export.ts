import { GildError } from '../../support/errors.ts';
import { findDocument } from '../find-document.ts';
import type { Cli } from '../types.ts';

export interface ComponentExportOptions {
  /** Path, or a name as recipes have it. */
  readonly component: string;
  readonly yaml: boolean;
  readonly folders: readonly string[];
}

/** Prints a valid document in the other form, JSON or YAML. */
export async function componentExport(options: ComponentExportOptions, cli: Cli): Promise<number> {
  const { written } = await findDocument(options.component, options.folders);
  if (!written)
    throw new GildError({ code: 'BUG', message: `${options.component} was read without its text.` });
  const { documentToJson, documentToYaml, plainData } = await import('../../component/convert/write.ts');
  const text = options.yaml ? documentToYaml(plainData(written.root, written.text)) : documentToJson(written);
  cli.print(text.trimEnd());
  return 0;
}
