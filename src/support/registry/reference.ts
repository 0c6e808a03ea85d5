import type { Digest } from '../../model/digest.ts';

/** An image in a registry. Either `tag` or `digest` picks the manifest; with both, the digest does. */
export interface ImageReference {
  /** As people write it: `docker.io`, `localhost:5000`. */
  readonly registry: string;
  /** `library/alpine` */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

/** Reads `host/path[:tag][@digest]`; returns what is wrong with it otherwise. A missing tag is `latest`. */
export function parseImageReference(text: string): ImageReference | string {
  const [rest = '', digest, ...more] = text.split('@');
  if (more.length > 0 || (digest !== undefined && !isDigest(digest))) {
    return 'what follows @ must be sha256: and 64 lower-case hex digits';
  }
  const slash = rest.indexOf('/');
  if (slash < 1) return 'it needs a registry and a path: docker.io/library/alpine:3.20';
  const registry = rest.slice(0, slash);
  if (!registryPattern.test(registry)) return `"${registry}" is not a registry's host name`;
  if (!/[.:]/.test(registry) && registry !== 'localhost') {
    return `"${registry}" has no dot or port, so it is not a registry: did you mean docker.io/${rest}?`;
  }
  const [path = '', tag, ...extra] = rest.slice(slash + 1).split(':');
  if (extra.length > 0) return 'it has more than one tag';
  if (!repositoryPattern.test(path) || path.length > 255) {
    return `"${path}" is not a repository name: lower-case letters, digits, and . _ - between them, parts divided by /`;
  }
  if (tag !== undefined && !tagPattern.test(tag)) return `"${tag}" is not a tag`;
  const pick =
    digest === undefined ? { tag: tag ?? 'latest' } : { digest, ...(tag === undefined ? {} : { tag }) };
  return {
    registry,
    repository: registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path,
    ...pick,
  };
}

export function formatImageReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && /^sha256:[0-9a-f]{64}$/.test(text);
}

const registryPattern =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;
const repositoryPattern =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
