import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { GildError } from '../support/errors.ts';
import { createComponentFinder, readComponent } from './finder.ts';

const text = 'schemaVersion: 1.0\nphases: [{name: build, steps: [{name: One, action: Reboot}]}]\n';
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'finder-'));
});
afterEach(() => rm(root, { recursive: true }));

async function write(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

function finder() {
  return createComponentFinder({ folders: [join(root, 'near'), join(root, 'absent'), join(root, 'far')] });
}

async function found(name: string, version: string): Promise<string> {
  try {
    const { document } = await finder().find(name, version);
    return `${document.name} ${document.version} ${document.file.slice(root.length + 1)}`;
  } catch (error) {
    const { code, message, hint } = error as GildError;
    return `${code} ${message} ${hint}`.replaceAll(root, '');
  }
}

it('takes the newest version that fits, by number', async () => {
  await write(
    'near/nginx/1.2.0.yaml',
    'near/nginx/1.10.0.yml',
    'near/nginx/2.0.0.json',
    'near/nginx/notes.yaml',
  );
  expect(await found('nginx', 'latest')).toBe('nginx 2.0.0 near/nginx/2.0.0.json');
  expect(await found('nginx', '1.x.x')).toBe('nginx 1.10.0 near/nginx/1.10.0.yml');
  expect(await found('nginx', '1.2.x')).toBe('nginx 1.2.0 near/nginx/1.2.0.yaml');
  expect(await found('nginx', '2.0.0')).toBe('nginx 2.0.0 near/nginx/2.0.0.json');
});

it('prefers an earlier folder to a newer version in a later one', async () => {
  await write('near/nginx/1.0.0.yaml', 'far/nginx/3.0.0.yaml');
  expect(await found('nginx', 'latest')).toBe('nginx 1.0.0 near/nginx/1.0.0.yaml');
  expect(await found('nginx', '3.x.x')).toBe('nginx 3.0.0 far/nginx/3.0.0.yaml');
});

it('takes a file without a version for 1.0.0', async () => {
  await write('near/my-custom-component.yaml');
  expect(await found('MyCustomComponent', '1.0.0')).toBe(
    'my-custom-component 1.0.0 near/my-custom-component.yaml',
  );
});

it.each(['AmazonCloudWatchAgent', 'amazon_cloudwatch_agent', 'amazon-cloudwatch-agent-linux'])(
  'finds amazon-cloudwatch-agent as %s',
  async (name) => {
    await write('far/amazon-cloudwatch-agent/1.0.0.yaml');
    expect(await found(name, 'latest')).toContain('amazon-cloudwatch-agent 1.0.0');
  },
);

it('says where it looked, which versions there are and which name was meant', async () => {
  await write('near/nginx/1.0.0.yaml', 'far/nginx/1.1.0.yaml');
  expect(await found('ngnix', 'latest')).toMatchInlineSnapshot(
    `"COMPONENT_NOT_FOUND There is no component \`ngnix\`. Did you mean \`nginx\`? Looked in /near, /absent, /far."`,
  );
  expect(await found('nginx', '2.x.x')).toMatchInlineSnapshot(
    `"COMPONENT_NOT_FOUND There is no version 2.x.x of the component \`nginx\`. There is 1.0.0, 1.1.0. Looked in /near, /absent, /far."`,
  );
});

it('lists everything, folder by folder', async () => {
  await write('near/b/1.0.0.yaml', 'near/a.yaml', 'far/b/1.0.0.yaml', 'far/b/2.0.0.yaml');
  const list = await finder().list();
  expect(list.map((file) => file.file.slice(root.length + 1))).toEqual([
    'near/a.yaml',
    'near/b/1.0.0.yaml',
    'far/b/2.0.0.yaml',
    'far/b/1.0.0.yaml',
  ]);
});

it('reads a file by its path, and says so if there is none', async () => {
  await write('web/2.1.0.yaml');
  const { document } = await readComponent(join(root, 'web/2.1.0.yaml'));
  expect([document.name, document.version]).toEqual(['web', '2.1.0']);
  await expect(readComponent(join(root, 'gone.yaml'))).rejects.toMatchObject({ code: 'COMPONENT_NOT_FOUND' });
});

it('finds a component by an alias of its folder, with the defaults that the alias stands for', async () => {
  await write('near/hardening/1.0.0.yaml');
  const document =
    'parameters: [{Level: {type: string, default: High}}, {Other: {type: string, default: x}}]\n';
  await writeFile(join(root, 'near/hardening/1.0.0.yaml'), document + text);
  await writeFile(
    join(root, 'near/aliases'),
    '# levels\n\nhardening-low: hardening Level=Low  # the mildest\n',
  );
  const found = await finder().find('HardeningLow', '1.x.x');
  expect(found.document.name).toBe('hardening');
  expect(found.document.parameters.map(({ value }) => value)).toEqual(['Low', 'x']);
  expect(await finder().knows('hardening-lou')).toBe(true);
  expect((await finder().list()).map(({ name }) => name)).toEqual(['hardening']);
});

it('prefers a component to an alias of the same name', async () => {
  await write('near/docker/1.0.0.yaml', 'near/docker-ce/1.0.0.yaml');
  await writeFile(join(root, 'near/aliases'), 'docker: docker-ce\n');
  expect(await found('docker', 'latest')).toBe('docker 1.0.0 near/docker/1.0.0.yaml');
});

it('says which line of an alias file is wrong', async () => {
  await write('near/a.yaml');
  await writeFile(join(root, 'near/aliases'), 'b: a\nc = a\n');
  await expect(finder().find('a', 'latest')).rejects.toMatchObject({
    code: 'COMPONENT_INVALID',
    message: 'This line names no component: c = a',
    at: { file: join(root, 'near/aliases'), line: 2, column: 1 },
  });
});
