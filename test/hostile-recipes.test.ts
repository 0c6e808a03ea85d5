import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { output } from '../src/support/process.ts';
import { gild, temporaryFolder } from './support/gild.ts';

interface Case {
  readonly name: string;
  /** Below a folder of its own; `recipe.yaml` where the arguments do not say otherwise. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly pipes?: readonly string[];
  readonly args?: readonly string[];
  readonly says: RegExp;
}

const head = 'name: app\nversion: 1.0.0\n';
const recipe = (text: string) => ({ 'recipe.yaml': `${head}${text}` });
const steps = 'components:\n  - name: own\n    steps: [{ run: "true" }]\n';

const cases: readonly Case[] = [
  // What is no recipe at all
  { name: 'a pipe that nobody writes to', pipes: ['recipe.yaml'], says: /regular file|not a file/ },
  { name: 'a device without end', args: ['build', '/dev/zero'], says: /regular file|not a file|\.yaml/ },
  {
    name: 'a link to itself',
    links: { 'recipe.yaml': 'recipe.yaml' },
    says: /RECIPE_NOT_FOUND|cannot be read/,
  },
  { name: 'a link to a device', links: { 'recipe.yaml': '/dev/zero' }, says: /regular file|not a file/ },
  { name: 'a folder called recipe.yaml', files: { 'recipe.yaml/x': '' }, says: /./ },
  { name: 'an empty folder', args: ['build', '.'], says: /RECIPE_NOT_FOUND/ },
  {
    name: 'a file of 5 MB',
    files: { 'recipe.yaml': `${head}description: ${'x'.repeat(5_000_000)}\n` },
    says: /1 MiB|too large|larger/,
  },
  {
    name: 'bytes that are no text',
    files: { 'recipe.yaml': Buffer.from([0xff, 0xfe, 0, 1, 2, 0x80]) },
    says: /RECIPE_INVALID/,
  },
  {
    name: 'a program',
    files: { 'recipe.yaml': Buffer.from('\x7fELF\x02\x01\x01\0\0\0', 'latin1') },
    says: /RECIPE_INVALID/,
  },

  // Texts that want to be more than they are
  { name: 'a bomb of aliases', files: recipe(bomb()), says: /RECIPE_INVALID/ },
  { name: 'brackets 100,000 deep', files: recipe(`labels: ${'['.repeat(100_000)}`), says: /RECIPE_INVALID/ },
  {
    name: 'maps 5,000 deep',
    files: { 'recipe.json': `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}` },
    args: ['build', 'recipe.json'],
    says: /RECIPE_INVALID/,
  },
  { name: 'an alias of itself', files: recipe('config: &a { labels: *a }'), says: /RECIPE_INVALID/ },
  {
    name: 'a tag that makes functions',
    files: recipe('description: !!js/function "function () { process.exit(0) }"'),
    says: /RECIPE_INVALID/,
  },
  {
    name: 'a key that every object has',
    files: recipe('__proto__: { polluted: true }\nconstructor: { prototype: {} }'),
    says: /RECIPE_INVALID/,
  },
  {
    name: 'a JSON key that every object has',
    files: { 'recipe.json': '{"name":"app","version":"1.0.0","__proto__":{"base":"scratch"}}' },
    args: ['build', 'recipe.json'],
    says: /RECIPE_INVALID/,
  },
  { name: 'two documents', files: { 'recipe.yaml': `${head}---\n${head}` }, says: /RECIPE_INVALID/ },
  {
    name: 'escape sequences in a value',
    files: recipe('platform: "\\x1b[2J\\x1b]0;pwned\\x07"'),
    says: /RECIPE_INVALID/,
  },
  {
    name: 'a name that is a path',
    files: { 'recipe.yaml': 'name: ../../etc/passwd\nversion: 1.0.0\n' },
    says: /RECIPE_INVALID/,
  },
  {
    name: 'a variable that needs forever to check',
    files: recipe(
      'variables:\n  a:\n    default: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\n    validation: { pattern: "(a+)+$" }\n',
    ),
    says: /./,
  },

  // What a recipe refers to
  {
    name: 'a component that is a pipe',
    files: recipe('components: [{ path: ./pipe.yaml }]'),
    pipes: ['pipe.yaml'],
    says: /./,
  },
  { name: 'a component that is a device', files: recipe('components: [{ path: /dev/zero }]'), says: /./ },
  {
    name: 'a component by a name that is a path',
    files: recipe('components: [../../../../etc/passwd]'),
    says: /RECIPE_INVALID|COMPONENT_NOT_FOUND/,
  },
  {
    name: 'a component that is no document',
    files: { ...recipe('components: [{ path: ./c.yaml }]'), 'c.yaml': Buffer.alloc(2000, 0xff) },
    says: /COMPONENT_INVALID|RECIPE_INVALID|YAML|UTF-8/,
  },
  { name: 'a base that is a pipe', files: recipe('base: ./pipe.tar\n'), pipes: ['pipe.tar'], says: /./ },
  { name: 'a base that is a device', files: recipe('base: /dev/zero\n'), says: /./ },
  {
    name: 'a base on a private network',
    files: recipe('base: 169.254.169.254/latest/meta-data:x\n'),
    says: /BASE_UNREACHABLE|DOWNLOAD_REFUSED|BASE_NOT_FOUND|RECIPE_INVALID/,
  },
  { name: 'a base that refers to a file by URL', files: recipe('base: file:///etc/passwd\n'), says: /./ },
  {
    name: 'a file to copy that is a device',
    files: recipe(`base: scratch\nfiles: [{ from: /dev/zero, to: /x }]\n${steps}`),
    says: /FILE_NOT_FOUND|regular|device/,
  },
  {
    name: 'a file to copy that is a pipe',
    files: recipe(`base: scratch\nfiles: [{ from: ./pipe, to: /x }]\n${steps}`),
    pipes: ['pipe'],
    says: /FILE_NOT_FOUND|regular|pipe/,
  },
  {
    name: 'a target that leads out of the image',
    files: recipe('base: scratch\nfiles: [{ content: x, to: /../../etc/cron.d/x }]\n'),
    says: /RECIPE_INVALID/,
  },
  {
    name: 'a secret that is a device',
    files: recipe('base: scratch\nsecrets: { token: { file: /dev/zero } }\n'),
    says: /SECRET_MISSING/,
  },
  {
    name: 'a secret that is a pipe',
    files: recipe('base: scratch\nsecrets: { token: { file: ./pipe } }\n'),
    pipes: ['pipe'],
    says: /SECRET_MISSING/,
  },
  {
    name: 'a secret whose name is a path',
    files: recipe('secrets: { ../../x: { env: HOME } }\n'),
    says: /RECIPE_INVALID/,
  },
  {
    name: 'variables in a pipe',
    files: recipe('base: scratch\n'),
    pipes: ['vars.yaml'],
    args: ['build', 'recipe.yaml', '--var-file', 'vars.yaml'],
    says: /./,
  },
  {
    name: 'variables in a device',
    files: recipe('base: scratch\n'),
    args: ['build', 'recipe.yaml', '--var-file', '/dev/zero'],
    says: /./,
  },
];

/** Each takes a second. */
const hangMs = 60_000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder('hostile-recipes');
});
afterAll(() => folder.remove());

describe('a hostile recipe', () => {
  it.concurrent.each(cases)('ends in a clear error: $name', async (each) => {
    const own = join(folder.path, String(cases.indexOf(each)));
    await lay(own, each);
    const { args = ['build', 'recipe.yaml'] } = each;
    const said = await gild(join(own, 'home'), args, {}, { cwd: own, timeoutMs: hangMs });
    expect([2, 3], `${said.exitCode}: ${said.stderr}`).toContain(said.exitCode);
    expect(said.stderr).toMatch(each.says);
    expect(said.stderr).toMatch(/[A-Z]+_[A-Z_]+/);
    expect(said.stderr).not.toMatch(/\bat .*\.ts:\d+|\u001b/);
    expect(said.stderr.length).toBeLessThan(5000);
  });
});

async function lay(own: string, { files = {}, links = {}, pipes = [] }: Case): Promise<void> {
  await mkdir(own);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(own, name)), { recursive: true });
    await writeFile(join(own, name), content);
  }
  for (const [name, target] of Object.entries(links)) await symlink(target, join(own, name));
  for (const name of pipes) await output(['mkfifo', join(own, name)]);
}

function bomb(): string {
  const levels = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (let code = 98; code < 110; code++) {
    const [name, before] = [String.fromCharCode(code), String.fromCharCode(code - 1)];
    levels.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`);
  }
  return `${levels.join('\n')}\n`;
}
