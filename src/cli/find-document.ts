import { existsSync } from 'node:fs';
import type { ParsedDocument } from '../component/document.ts';
import { createComponentFinder, readComponent } from '../component/finder.ts';
import { searchFolders } from './search-folders.ts';

/** A document by its path, or as a recipe names it: `nginx`, `nginx@1.x.x`. */
export async function findDocument(name: string, folders: readonly string[]): Promise<ParsedDocument> {
  if (/[/\\]|\.(ya?ml|json)$/.test(name) && (existsSync(name) || !/^[\w-]+@/.test(name)))
    return readComponent(name);
  const [own = '', version = 'latest'] = name.split('@');
  return createComponentFinder({ folders: searchFolders(folders) }).find(own, version);
}
