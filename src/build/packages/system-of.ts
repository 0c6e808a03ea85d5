import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTexts } from '../../images/read-texts.ts';
import type { Layer, Tree } from '../../model/tree.ts';
import { writeAtomically } from '../../support/files.ts';
import { readLayer } from '../read-layer.ts';
import type { Workshop } from '../workshop.ts';
import type { System } from './package-store.ts';

/** Of which distribution a tree says that it is; undefined where it does not say. Each layer is read once ever. */
export async function systemOf({ layers }: Tree, workshop: Workshop): Promise<System | undefined> {
  for (const layer of layers.toReversed()) {
    const text = await releaseTextOf(layer, workshop);
    if (text !== '') return parse(text);
  }
  return undefined;
}

async function releaseTextOf(layer: Layer, { host, trees }: Workshop): Promise<string> {
  const path = join(host.home, 'cache', 'systems', layer.diffId.slice('sha256:'.length));
  const kept = await readFile(path, 'utf8').catch(() => undefined);
  if (kept !== undefined) return kept;
  const found = await readTexts([layer], readLayer(trees), (name) => names.includes(name));
  const text = names.map((name) => found.get(name)).find((each) => each !== undefined) ?? '';
  await writeAtomically(path, text);
  return text;
}

const names = ['etc/os-release', 'usr/lib/os-release'];

function parse(text: string): System | undefined {
  const field = (name: string) => new RegExp(`^${name}="?([a-z0-9._-]+)"?$`, 'm').exec(text)?.[1];
  const [id, codename] = [field('ID'), field('VERSION_CODENAME')];
  return id === undefined || codename === undefined ? undefined : { id, codename };
}
