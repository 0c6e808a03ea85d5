import type { Readable } from 'node:stream';
import type { Digest } from '../../model/digest.ts';
import { GildError } from '../errors.ts';
import type { OutboundResponse } from '../outbound.ts';
import { formatImageReference, type ImageReference } from './reference.ts';
import { discard, openSession, type RepositoryOptions } from './session.ts';

export interface OutgoingBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** From its beginning, at each attempt anew. */
  open(): Readable;
}

/** Pushes to one repository of an OCI distribution registry. Throws `BASE_UNREACHABLE`, and what reading a blob throws. */
export interface Pusher {
  has(digest: Digest, signal?: AbortSignal): Promise<boolean>;
  /** In one piece. */
  blob(blob: OutgoingBlob, signal?: AbortSignal): Promise<void>;
  /** Under a tag; all that it names has to be there. */
  manifest(tag: string, content: OutgoingManifest, signal?: AbortSignal): Promise<void>;
}

export interface OutgoingManifest {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export function openPusher(image: ImageReference, options: RepositoryOptions = {}): Pusher {
  const session = openSession(image, 'pull,push', options);

  async function upload(
    { digest, size, open }: OutgoingBlob,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const nothing = { 'content-length': '0' };
    const begun = await session.ask('blobs/uploads/', {
      method: 'POST',
      headers: nothing,
      expect: [202],
      signal,
    });
    discard(begun.body);
    const location = uploadLocation(begun, image);
    location.searchParams.set('digest', digest);
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(size) };
    const sent = await session.ask(location, {
      method: 'PUT',
      headers,
      body: open,
      expect: [201],
      reach: begun.reached,
      signal,
    });
    discard(sent.body);
  }

  return {
    has: (digest, signal) =>
      session.request(`blobs/${digest}`, { method: 'HEAD', expect: [200, 404], signal }, (response) => {
        discard(response.body);
        return response.status === 200;
      }),
    blob: (blob, signal) => session.persist(() => upload(blob, signal), signal),
    manifest: (tag, { mediaType, bytes }, signal) => {
      const headers = { 'content-type': mediaType, 'content-length': String(bytes.length) };
      const put = { method: 'PUT', headers, body: bytes, expect: [201], signal } as const;
      return session.request(`manifests/${tag}`, put, ({ body }) => discard(body));
    },
  };
}

/** Where the registry wants the content: it may be another host, but never one that is less private. */
function uploadLocation({ headers, url }: OutboundResponse, image: ImageReference): URL {
  const location = URL.parse(String(headers.location ?? ''), url.href);
  if (location && (location.protocol === url.protocol || location.protocol === 'https:')) return location;
  throw new GildError({
    code: 'BASE_UNREACHABLE',
    message: `${formatImageReference(image)}: the registry names no usable place for an upload.`,
  });
}
