import { delimiter, join } from 'node:path';
import { documentFromInline, type ParsedDocument } from '../component/document.ts';
import { createDocumentSource } from '../component/documents.ts';
import { type ComponentFinder, createComponentFinder, readComponent } from '../component/finder.ts';
import { reachOf } from '../component/outside-references.ts';
import { checkParameters } from '../component/parameters.ts';
import type { BuildSpec, ComponentSpec } from '../model/buildspec.ts';
import type { ReadComponent } from '../resolve/resolve.ts';
import { GildError } from '../support/errors.ts';
import { packageRoot } from '../support/package-root.ts';

/** Folders that components are looked for in, first match wins. */
export function componentFolders(recipeFolder: string | undefined, env: NodeJS.ProcessEnv): string[] {
  const configured = (env.GILD_COMPONENT_PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const shipped = join(packageRoot(), 'components');
  return [...(recipeFolder ? [join(recipeFolder, 'components')] : []), ...configured, shipped];
}

/** Reads the components of a recipe; what is odd but not wrong goes to `warn`. */
export function componentReader(
  spec: BuildSpec,
  warn: (warning: GildError) => void,
): (use: ComponentSpec) => Promise<ReadComponent> {
  const finder = createComponentFinder({ folders: componentFolders(spec.source.directory, process.env) });
  const documents = createDocumentSource({ finder });
  return async (component) => {
    try {
      const { document, warnings } = await read(component, finder, spec);
      const { values, warnings: unknown } = checkParameters(document, component.parameters);
      for (const warning of [...warnings, ...unknown]) warn(placed(warning, component));
      const { nested, varies } = await reachOf(document, values, documents);
      return {
        document,
        parameters: values,
        ...(nested.length > 0 && { nested }),
        ...(varies.length > 0 && { varies }),
      };
    } catch (error) {
      throw error instanceof GildError ? placed(error, component) : error;
    }
  };
}

function read(
  component: ComponentSpec,
  finder: ComponentFinder,
  spec: BuildSpec,
): Promise<ParsedDocument> | ParsedDocument {
  const { use, at } = component;
  if (use.kind === 'named') return finder.find(use.name, use.version);
  if (use.kind === 'path') return readComponent(use.path);
  const { document, name, steps } = use;
  return documentFromInline(document, { file: spec.source.file, name, steps, ...(at && { at }) });
}

/** What is wrong with the use of a component is wrong in the recipe, unless it has a place of its own. */
function placed(error: GildError, component: ComponentSpec): GildError {
  if (error.at || !component.at || error.problems.length > 0) return error;
  const { code, message, hint, cause } = error;
  return new GildError({ code, message, ...(hint && { hint }), at: component.at, cause });
}
