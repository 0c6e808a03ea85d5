import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchList } from '../../../test/support/archive-state.ts';
import { createDisposer } from '../../support/disposer.ts';
import { output } from '../../support/process.ts';
import { close, listen } from '../../support/registry/testing/test-registry.ts';
import { parseBase } from '../index.ts';
import { describeBase } from '../testing/base-suite.ts';
import { makeTestHome, type TestHome } from '../testing/test-home.ts';
import { debian } from './debian.ts';
import { verifyRelease } from './release.ts';

describeBase(debian, 'debian', async () => ({
  reference: 'debian:bookworm',
  options: { variant: 'essential' },
}));

describe('what a mirror says', () => {
  const cleanUp = createDisposer();
  const lists = new Map<string, string>();
  let home: TestHome;
  let mirror: string;

  beforeAll(async () => {
    home = await makeTestHome();
    cleanUp.add(() => home.remove());
    const server = createServer((request, response) => {
      const list = lists.get(request.url ?? '');
      response.writeHead(list === undefined ? 404 : 200).end(list);
    });
    mirror = `http://localhost:${await listen(server)}`;
    cleanUp.add(() => close(server));
  });

  afterAll(() => cleanUp.dispose());

  const resolve = (suite: string, context = home.context) => {
    const options = { mirror: `${mirror}/debian`, securityMirror: `${mirror}/security` };
    return debian.resolve(parseBase(`debian:${suite}`, '/', options), context);
  };

  const realList = (suite: string) => fetchList(`debian/dists/${suite}`);

  it('is not there: that is said with the address', async () => {
    await expect(resolve('trixie')).rejects.toMatchObject({
      code: 'BASE_NOT_FOUND',
      message: `The base debian:trixie cannot be found: the mirror has no list of trixie (${mirror}/debian/dists/trixie/InRelease).`,
      hint: expect.stringContaining('archive.debian.org'),
    });
  });

  it('is a page for people: nobody signed that', async () => {
    lists.set('/debian/dists/bookworm/InRelease', '<html>Please log in</html>');
    await expect(resolve('bookworm')).rejects.toMatchObject({
      code: 'BASE_UNREACHABLE',
      message: /not signed/,
    });
  });

  it('is the list of another suite: that is refused though it is signed', async () => {
    lists.set('/debian/dists/trixie/InRelease', await realList('bookworm'));
    await expect(resolve('trixie')).rejects.toMatchObject({
      code: 'BASE_UNREACHABLE',
      message: /"bookworm"/,
    });
  });

  it('has one letter changed: that is refused', async () => {
    lists.set(
      '/debian/dists/bookworm/InRelease',
      (await realList('bookworm')).replace('Origin: Debian', 'Origin: Debjan'),
    );
    await expect(resolve('bookworm')).rejects.toMatchObject({
      code: 'BASE_UNREACHABLE',
      message: /bad signature/,
    });
  });

  it('has no security fixes: that is an error, and not a base without them', async () => {
    lists.set('/debian/dists/bookworm/InRelease', await realList('bookworm'));
    lists.set('/debian/dists/bookworm-updates/InRelease', await realList('bookworm-updates'));
    await expect(resolve('bookworm')).rejects.toMatchObject({
      code: 'BASE_NOT_FOUND',
      message: /bookworm-security/,
    });
  });
});

describe('verifyRelease', () => {
  let folder: string;
  let keys: string;
  const text = 'Suite: stable\nCodename: test\nDate: Sat, 21 Nov 2026 00:53:02 UTC\nArchitectures: amd64\n';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gild-keys-'));
    keys = join(folder, 'keys.gpg');
    await gpg(
      '--passphrase',
      '',
      '--quick-generate-key',
      'Test <test@example.com>',
      'ed25519',
      'sign',
      'never',
    );
    await gpg('--output', keys, '--export', 'test@example.com');
    await writeFile(join(folder, 'Release'), text);
    await gpg('--output', join(folder, 'InRelease'), '--clearsign', join(folder, 'Release'));
  });

  afterAll(async () => {
    await output(['gpgconf', '--homedir', folder, '--kill', 'all']);
    await rm(folder, { recursive: true });
  });

  const gpg = (...args: string[]) => output(['gpg', '--homedir', folder, '--batch', '--quiet', ...args]);
  const signed = () => readFile(join(folder, 'InRelease'));

  it('reads what was signed', async () => {
    expect(await verifyRelease(await signed(), 'it', undefined, keys)).toMatchObject({
      codename: 'test',
      suite: 'stable',
    });
  });

  it('reads nothing of what stands around it', async () => {
    const around = Buffer.concat([
      Buffer.from('Codename: evil\n\n'),
      await signed(),
      Buffer.from('\nCodename: evil\n'),
    ]);
    expect(await verifyRelease(around, 'it', undefined, keys)).toMatchObject({ codename: 'test' });
  });

  it('refuses a signature by somebody else', async () => {
    await expect(verifyRelease(await signed(), 'it')).rejects.toMatchObject({
      code: 'BASE_UNREACHABLE',
      message: /not signed/,
    });
  });

  it('says what to install when the keys are missing', async () => {
    await expect(
      verifyRelease(await signed(), 'it', undefined, join(folder, 'none.gpg')),
    ).rejects.toMatchObject({
      code: 'HOST_TOOL_MISSING',
      hint: expect.stringContaining('debian-archive-keyring'),
    });
  });
});
