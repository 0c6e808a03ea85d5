import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GildError } from '../errors.ts';
import { output } from '../process.ts';
import type { ImageReference } from './reference.ts';

/** A token came from `docker login` with an identity provider. */
export type Credentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What `podman login` or `docker login` kept for this image: the most specific entry of the first file that has
 * one, or its credential helper. The files are those the two read, in podman's order.
 */
export async function findCredentials(
  image: Pick<ImageReference, 'registry' | 'repository'>,
  environment: Environment = process.env,
): Promise<Credentials | undefined> {
  for (const path of authFiles(environment)) {
    const file = await readAuthFile(path);
    if (!file) continue;
    const found = fromEntries(file, image) ?? (await fromHelper(file, image, environment));
    if (found) return found;
  }
  return undefined;
}

interface AuthFile {
  readonly auths?: Readonly<Record<string, { readonly auth?: string; readonly identitytoken?: string }>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

function authFiles(environment: Environment): string[] {
  const explicit = environment.REGISTRY_AUTH_FILE;
  if (explicit) return [explicit];
  const {
    XDG_RUNTIME_DIR: runtime,
    XDG_CONFIG_HOME: config,
    HOME: home,
    DOCKER_CONFIG: docker,
  } = environment;
  return [
    runtime && join(runtime, 'containers/auth.json'),
    config ? join(config, 'containers/auth.json') : home && join(home, '.config/containers/auth.json'),
    docker ? join(docker, 'config.json') : home && join(home, '.docker/config.json'),
  ].filter((path): path is string => Boolean(path));
}

async function readAuthFile(path: string): Promise<AuthFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return undefined;
    throw error;
  }
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    throw new GildError({
      code: 'BASE_UNREACHABLE',
      message: `${path} is not JSON.`,
      hint: 'Log in to the registry again.',
    });
  }
}

/** podman keys entries by host or host/path, docker by host or an address. */
function keysFor({ registry, repository }: Pick<ImageReference, 'registry' | 'repository'>): string[] {
  const parts = repository.split('/');
  const paths = parts.map((_, at) => `${registry}/${parts.slice(0, parts.length - at).join('/')}`);
  const hosts =
    registry === 'docker.io' ? ['docker.io', 'https://index.docker.io/v1/', 'index.docker.io'] : [registry];
  return [
    ...paths,
    ...hosts,
    ...hosts.map((host) => `https://${host}`),
    ...hosts.map((host) => `https://${host}/`),
  ];
}

function fromEntries(
  file: AuthFile,
  image: Pick<ImageReference, 'registry' | 'repository'>,
): Credentials | undefined {
  for (const key of keysFor(image)) {
    const entry = file.auths && Object.hasOwn(file.auths, key) ? file.auths[key] : undefined;
    if (entry?.identitytoken) return { kind: 'token', token: entry.identitytoken };
    const text = Buffer.from(entry?.auth ?? '', 'base64').toString();
    const colon = text.indexOf(':');
    if (colon > 0)
      return {
        kind: 'password',
        user: text.slice(0, colon),
        password: text.slice(colon + 1).replace(/\0+$/, ''),
      };
  }
  return undefined;
}

async function fromHelper(
  file: AuthFile,
  { registry }: Pick<ImageReference, 'registry'>,
  environment: Environment,
): Promise<Credentials | undefined> {
  const helper = file.credHelpers?.[registry] ?? file.credsStore;
  if (helper === undefined || !/^[A-Za-z0-9._-]+$/.test(helper)) return undefined;
  const server = registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
  try {
    const env = Object.fromEntries(
      Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const answer = await output([`docker-credential-${helper}`, 'get'], {
      stdin: Buffer.from(server),
      env,
      timeoutMs: 15_000,
    });
    const { Username: user, Secret: secret } = JSON.parse(answer) as { Username?: string; Secret?: string };
    if (!secret) return undefined;
    return user === '<token>'
      ? { kind: 'token', token: secret }
      : { kind: 'password', user: user ?? '', password: secret };
  } catch {
    return undefined;
  }
}
