import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { packBusyboxTree } from './busybox-tree.ts';
import { type GildOptions, gild, type Said, temporaryFolder } from './gild.ts';

/** A folder with recipes beside `base.tar`, a busybox system, and a GILD_HOME of its own. */
export interface Workspace {
  readonly folder: string;
  readonly home: string;
  /** Writes a file below the folder; returns its path. */
  write(name: string, text: string): Promise<string>;
  /** Runs gild in the folder. */
  gild(
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
    options?: Omit<GildOptions, 'cwd'>,
  ): Promise<Said>;
  remove(): Promise<void>;
}

export async function openWorkspace(label: string, base?: string): Promise<Workspace> {
  const { path: folder, remove } = await temporaryFolder(label);
  const home = join(folder, 'home');
  if (base === undefined) await packBusyboxTree(join(folder, 'tree'), join(folder, 'base.tar'));
  else await copyFile(base, join(folder, 'base.tar'));
  return {
    folder,
    home,
    write: async (name, text) => {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
      return path;
    },
    gild: (args, env = {}, options = {}) => gild(home, args, env, { ...options, cwd: folder }),
    remove,
  };
}

/** A recipe on the busybox base with no network, in JSON: YAML's quoting would only stand in the way. */
export function smallRecipe(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    name: 'small',
    version: '1.0.x',
    base: './base.tar',
    network: 'off',
    ...fields,
  });
}

/** A component of one inline shell step. */
export function script(run: string, name = 'script'): object {
  return { name, steps: [{ run }] };
}
