import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCredentials } from './credentials.ts';

let home = '';

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'gild-credentials-'));
});

afterEach(() => rm(home, { recursive: true }));

async function write(path: string, content: unknown, mode = 0o600): Promise<string> {
  const full = join(home, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, typeof content === 'string' ? content : JSON.stringify(content), { mode });
  return full;
}

const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') });
const image = { registry: 'example.com', repository: 'team/app' };

describe('findCredentials', () => {
  it('finds none where nobody logged in', async () => {
    expect(await findCredentials(image, { HOME: home })).toBeUndefined();
  });

  it('reads the file of docker login', async () => {
    await write('.docker/config.json', { auths: { 'example.com': auth('ada:pass:word') } });
    expect(await findCredentials(image, { HOME: home })).toEqual({
      kind: 'password',
      user: 'ada',
      password: 'pass:word',
    });
  });

  it('knows the name under which docker keeps its own Hub', async () => {
    await write('.docker/config.json', { auths: { 'https://index.docker.io/v1/': auth('ada:x') } });
    const hub = { registry: 'docker.io', repository: 'library/alpine' };
    expect(await findCredentials(hub, { HOME: home })).toMatchObject({ user: 'ada' });
  });

  it('prefers the entry for the repository to that for its host', async () => {
    await write('.config/containers/auth.json', {
      auths: { 'example.com': auth('host:x'), 'example.com/team': auth('team:x') },
    });
    expect(await findCredentials(image, { HOME: home })).toMatchObject({ user: 'team' });
    expect(await findCredentials({ ...image, repository: 'other' }, { HOME: home })).toMatchObject({
      user: 'host',
    });
  });

  it('reads only the file that REGISTRY_AUTH_FILE names', async () => {
    await write('.docker/config.json', { auths: { 'example.com': auth('docker:x') } });
    const file = await write('auth.json', { auths: { 'example.com': { identitytoken: 'abc' } } });
    expect(await findCredentials(image, { HOME: home, REGISTRY_AUTH_FILE: file })).toEqual({
      kind: 'token',
      token: 'abc',
    });
  });

  it('gives nothing to a host whose name only begins alike', async () => {
    await write('.docker/config.json', { auths: { 'example.com': auth('ada:x') } });
    expect(
      await findCredentials({ ...image, registry: 'example.com.evil.net' }, { HOME: home }),
    ).toBeUndefined();
    expect(await findCredentials({ ...image, registry: 'example.com:444' }, { HOME: home })).toBeUndefined();
  });

  it('asks a credential helper', async () => {
    await write(
      'bin/docker-credential-test',
      '#!/bin/sh\nread server\necho "{\\"Username\\":\\"$server\\",\\"Secret\\":\\"s\\"}"\n',
      0o755,
    );
    await write('.docker/config.json', { credHelpers: { 'example.com': 'test' } });
    const environment = { HOME: home, PATH: `${join(home, 'bin')}:${process.env.PATH}` };
    expect(await findCredentials(image, environment)).toEqual({
      kind: 'password',
      user: 'example.com',
      password: 's',
    });
  });

  it('says which file is broken', async () => {
    const file = await write('.docker/config.json', '{');
    await expect(findCredentials(image, { HOME: home })).rejects.toMatchObject({
      message: `${file} is not JSON.`,
    });
  });
});
