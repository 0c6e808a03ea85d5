import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { referencePages } from './docs/pages.ts';

/** Writes `docs/reference/`; with `--check`, only says which files are not what the code makes them. */
const folder = join(import.meta.dirname, '../docs/reference');
const check = process.argv.includes('--check');

await mkdir(folder, { recursive: true });
const differing: string[] = [];
for (const [name, text] of await referencePages()) {
  const path = join(folder, name);
  if ((await readFile(path, 'utf8').catch(() => '')) === text) continue;
  differing.push(relative(process.cwd(), path));
  if (!check) await writeFile(path, text);
}

if (check && differing.length > 0) {
  console.error(`Not current: ${differing.join(', ')}. \`npm run docs\` writes them anew.`);
  process.exitCode = 1;
} else {
  console.log(differing.length > 0 ? `Written: ${differing.join(', ')}` : 'docs/reference/ is current.');
}
