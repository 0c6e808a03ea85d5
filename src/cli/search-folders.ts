import { resolve } from 'node:path';
import { componentFolders } from '../build/components.ts';

/** Folders that a recipe here would find components in, after those of the command line; each once. */
export function searchFolders(named: readonly string[]): readonly string[] {
  return [
    ...new Set([...named, ...componentFolders(process.cwd(), process.env)].map((folder) => resolve(folder))),
  ];
}
