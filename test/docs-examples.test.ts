import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { validateRecipe } from '../src/build/read-recipe.ts';
import { parseDocument } from '../src/component/document.ts';
import { type Block, blocks, pages, read, repository } from './support/doc-blocks.ts';
import { gild } from './support/gild.ts';
import { gildCalls, parseGild } from './support/gild-lines.ts';

const all = await blocks();
const marked = (...kinds: string[]) => all.filter(({ words: [kind = ''] }) => kinds.includes(kind));
const named = (list: readonly Block[]) => list.map((block) => [block.at, block] as const);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-docs-'));
  for (const block of all) if (block.words[1] && block.language === 'yaml') await save(block, block.words[1]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('recipes on the pages', () => {
  it.each(named(marked('recipe')))('%s is valid, without a warning', async (_at, block) => {
    expect(await problemsOf(block, block.text)).toEqual([]);
  });

  it.each(named(marked('recipe-part')))('%s is valid below a name and a version', async (_at, block) => {
    expect(await problemsOf(block, `name: example\nversion: 1.0.0\n${block.text}`)).toEqual([]);
  });

  it('are all marked as what they are', () => {
    const unmarked = all.filter(
      ({ language, words, text }) => language === 'yaml' && words.length === 0 && /^[^#]/m.test(text.trim()),
    );
    expect(unmarked.map(({ at }) => at)).toEqual([]);
  });
});

describe('components on the pages', () => {
  it.each(named(marked('component')))('%s is valid, without a warning', (_at, block) => {
    const { warnings } = parseDocument(block.text, { file: block.words[1] ?? block.at });
    expect(warnings).toEqual([]);
  });
});

describe('what the pages show of the command line', () => {
  const calls = all
    .filter(({ language }) => language === 'sh')
    .flatMap(({ at, text }) =>
      gildCalls(text).map((words) => [`gild ${words.join(' ')}`, at, words] as const),
    );

  it.each(calls)('%s (%s) has known options only', async (_line, _at, words) => {
    await expect(parseGild(words)).resolves.toBeUndefined();
  });

  it('is refused here where the command line would refuse it', async () => {
    const [words = []] = gildCalls(
      'GILD_HOME=/x sudo gild build recipe.yaml --outptu dist | tail # a comment',
    );
    expect(words).toEqual(['build', 'recipe.yaml', '--outptu', 'dist']);
    await expect(parseGild(words)).rejects.toThrow("unknown option '--outptu'");
  });

  const outputs = all.filter(({ language, words }) => language === 'text' && words[0] === 'gild');
  it.each(named(outputs))('%s is what it prints', async (_at, { words, text }) => {
    const args = words.slice(1);
    const file = args.pop() ?? '';
    const { stdout, stderr } = await gild(folder, [...args, join(folder, file)]);
    const printed = `${stderr.trim()}\n\n${stdout.trim()}\n`;
    expect(printed.replaceAll(`${folder}/`, '')).toBe(text);
  });
});

describe('links', async () => {
  it.each(await pages())('of %s lead to files and headings that are there', async (page) => {
    const broken: string[] = [];
    for (const [, target = ''] of (await read(page)).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [path = '', heading] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(repository, file))) broken.push(target);
      else if (heading && !(await headingsOf(file)).includes(heading)) broken.push(target);
    }
    expect(broken).toEqual([]);
  });
});

describe('examples', async () => {
  const examples = (await readdir(join(repository, 'examples'))).sort();

  it('are all valid recipes', async () => {
    const recipes = examples.map((name) => join(repository, 'examples', name));
    const { stdout } = await gild(folder, ['validate', ...recipes]);
    expect(stdout.trim().split('\n')).toEqual(recipes.map((recipe) => `✔ ${recipe} is a valid recipe.`));
  });

  it('are all in the documentation', async () => {
    const texts = await Promise.all((await pages()).map(read));
    expect(examples.filter((name) => !texts.some((text) => text.includes(`examples/${name}`)))).toEqual([]);
  });
});

async function problemsOf(block: Block, text: string): Promise<readonly string[]> {
  const path = await save(block, `recipe-${all.indexOf(block)}.yaml`, text);
  for (const file of (parse(text) as { files?: { from?: string }[] }).files ?? []) {
    if (file.from) await makeSource(join(dirname(path), file.from));
  }
  for (const { file } of Object.values(
    (parse(text) as { secrets?: Record<string, { file?: string }> }).secrets ?? {},
  )) {
    if (file) await makeSource(join(dirname(path), file));
  }
  try {
    const { warnings } = await validateRecipe({ recipe: path, vars: {}, varFiles: [] });
    return warnings.map(({ message }) => message);
  } catch (thrown) {
    const { message, problems = [] } = thrown as { message: string; problems?: { message: string }[] };
    return [message, ...problems.map((problem) => problem.message)];
  }
}

/** What the examples copy in: only that it is there matters. */
async function makeSource(path: string): Promise<void> {
  await mkdir(path.endsWith('/') ? path : dirname(path), { recursive: true });
  if (!existsSync(path)) await writeFile(path, '');
}

async function save({ text }: Block, name: string, content = text): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

/** As GitHub makes anchors of headings. */
async function headingsOf(page: string): Promise<readonly string[]> {
  return [...(await read(page)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
