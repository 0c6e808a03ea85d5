import { createDocumentSource, type DocumentSource } from '../component/documents.ts';
import { createComponentFinder } from '../component/finder.ts';
import type { LanguageContext } from '../component/language-context.ts';
import { firstOf, parameterSources } from '../component/parameter-sources/index.ts';
import type { Downloads } from '../component/types.ts';
import { componentFolders } from './components.ts';

/** What components can refer to outside of themselves, on this computer. */
export function languageContext(
  env: NodeJS.ProcessEnv,
  secrets: ReadonlyMap<string, string> = new Map(),
): LanguageContext {
  return {
    region: env.AWS_REGION ?? env.AWS_DEFAULT_REGION,
    accountId: env.AWS_ACCOUNT_ID,
    parameters: firstOf(parameterSources(env)),
    secrets,
  };
}

/** Documents that a component can run: those that a recipe in `folder` could list, files beside it, and objects of S3. */
export function documentsFor(
  folder: string | undefined,
  env: NodeJS.ProcessEnv,
  downloads: Downloads,
): DocumentSource {
  return createDocumentSource({
    finder: createComponentFinder({ folders: componentFolders(folder, env) }),
    fetchObject: (object) => downloads.s3.fetch(object, {}),
  });
}
