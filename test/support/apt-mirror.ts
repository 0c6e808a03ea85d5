import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { output } from '../../src/support/process.ts';
import { startFileServer } from './file-server.ts';
import { temporaryFolder } from './gild.ts';

/** A signed archive of packages that moves on when a test says so. */
export interface AptMirror {
  readonly url: string;
  /** With the public key, for `GILD_DEBIAN_KEYRING`. */
  readonly keyring: string;
  /** What was asked for since the last time this was read: `304 /dists/stable/InRelease`. */
  asked(): string[];
  /**
   * What a suite has, by package: a version, and the bytes of the package where they matter, which are in the pool from then
   * on; it is signed anew.
   */
  publish(suite: string, packages: Readonly<Record<string, string | MirrorPackage>>): Promise<void>;
  /** Serves something else under a path. */
  put(path: string, text: string | Buffer): void;
  /** Serves a package no longer. */
  forget(name: string, version: string): void;
  remove(): Promise<void>;
}

export interface MirrorPackage {
  readonly version: string;
  readonly bytes: Buffer;
}

export async function startAptMirror(): Promise<AptMirror> {
  const { path: folder, remove } = await temporaryFolder('mirror');
  const keyring = join(folder, 'keys.gpg');
  const gpg = (...args: string[]) => output(['gpg', '--homedir', folder, '--batch', '--quiet', ...args]);
  await gpg(
    '--passphrase',
    '',
    '--quick-generate-key',
    'Test <test@example.com>',
    'ed25519',
    'sign',
    'never',
  );
  await gpg('--output', keyring, '--export', 'test@example.com');
  const server = await startFileServer();
  const { url, asked, put } = server;

  return {
    url,
    keyring,
    asked,
    put,
    forget: (name, version) => server.remove(`/${poolPath(name, version)}`),
    publish: async (suite, packages) => {
      const plain = Buffer.from(
        Object.entries(packages)
          .map(([name, item]) => stanza(name, item))
          .join('\n'),
      );
      for (const [name, item] of Object.entries(packages))
        if (typeof item !== 'string') put(`/${poolPath(name, item.version)}`, item.bytes);
      const index = gzipSync(plain);
      const name = 'main/binary-amd64/Packages.gz';
      put(`/dists/${suite}/main/binary-amd64/Packages`, plain);
      put(`/dists/${suite}/main/binary-amd64/by-hash/SHA256/${hash(index)}`, index);
      const release = [
        'Origin: Test',
        `Suite: ${suite}`,
        `Codename: ${suite}`,
        `Date: ${new Date(Date.now() - 60_000).toUTCString()}`,
        'Architectures: amd64',
        'Components: main',
        'Acquire-By-Hash: yes',
        'SHA256:',
        ` ${hash(index)} ${index.length} ${name}`,
        ` ${hash(plain)} ${plain.length} ${name.replace('.gz', '')}`,
        '',
      ];
      const path = join(folder, 'Release');
      await writeFile(path, release.join('\n'));
      await rm(`${path}.asc`, { force: true });
      await gpg('--output', `${path}.asc`, '--clearsign', path);
      put(`/dists/${suite}/InRelease`, await readFile(`${path}.asc`));
    },
    remove: async () => {
      await server.close();
      await output(['gpgconf', '--homedir', folder, '--kill', 'all']);
      await remove();
    },
  };
}

function stanza(name: string, item: string | MirrorPackage): string {
  const version = typeof item === 'string' ? item : item.version;
  const lines = [`Package: ${name}`, `Version: ${version}`, 'Architecture: amd64'];
  if (typeof item !== 'string')
    lines.push(
      `Filename: ${poolPath(name, version)}`,
      `Size: ${item.bytes.length}`,
      `SHA256: ${hash(item.bytes)}`,
    );
  return `${lines.join('\n')}\n`;
}

/** Names of files have no epoch. */
function poolPath(name: string, version: string): string {
  return `pool/${name}_${version.replace(/^\d+:/, '')}_amd64.deb`;
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
