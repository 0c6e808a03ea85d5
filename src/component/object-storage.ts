import { rm, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { classifyAddress } from '../support/addresses.ts';
import { GildError } from '../support/errors.ts';
import { guardedLookup } from '../support/outbound.ts';
import type { DownloadCache } from './download-cache.ts';
import { newPath, spool } from './spool.ts';
import type { Downloaded, ObjectStorage, StoredObject, TransferOptions } from './types.ts';

export interface ObjectStorageOptions {
  /** For objects on their way. */
  readonly directory: string;
  readonly cache: DownloadCache | undefined;
  /** The variables that the AWS command line knows, `GILD_S3_PATH_STYLE`, `GILD_S3_ANONYMOUS`. */
  readonly env: NodeJS.ProcessEnv;
  /** 8 GiB by default. */
  readonly maxBytes?: number;
}

/** Objects of any storage that speaks S3. The SDK is loaded with the first request. */
export function createObjectStorage(options: ObjectStorageOptions): ObjectStorage {
  let client: Promise<S3Client> | undefined;
  const connect = () => {
    client ??= openClient(options.env);
    return client;
  };
  return {
    fetch: (object, transfer) =>
      telling(object, transfer, async () => fetchObject(await connect(), object, transfer, options)),
    look: (object, transfer) =>
      telling(object, transfer, async () => {
        const { HeadObjectCommand } = await import('@aws-sdk/client-s3');
        const command = new HeadObjectCommand({ Bucket: object.bucket, Key: object.key, ...ownerOf(object) });
        const { ETag: etag, ContentLength: size } = await (await connect()).send(
          command,
          abortable(transfer),
        );
        return { etag, size };
      }),
    list: (prefix, most, transfer) =>
      telling(prefix, transfer, async () => {
        const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
        const command = new ListObjectsV2Command({
          Bucket: prefix.bucket,
          Prefix: prefix.key,
          MaxKeys: most,
          ...ownerOf(prefix),
        });
        const answer = await (await connect()).send(command, abortable(transfer));
        return (answer.Contents ?? []).map(({ Key = '', Size = 0 }) => ({ key: Key, size: Size }));
      }),
    upload: (object, body, transfer) =>
      telling(object, transfer, async () => {
        const { Upload } = await import('@aws-sdk/lib-storage');
        const upload = new Upload({
          client: await connect(),
          params: { Bucket: object.bucket, Key: object.key, Body: body.stream, ...ownerOf(object) },
          partSize: Math.max(partBytes, Math.ceil(body.size / mostParts)),
          queueSize: 2,
        });
        const stop = () => void upload.abort();
        transfer.signal?.addEventListener('abort', stop, { once: true });
        try {
          transfer.signal?.throwIfAborted();
          await upload.done();
        } finally {
          transfer.signal?.removeEventListener('abort', stop);
        }
      }),
  };
}

/** Kept in memory, twice, so that a part that fails can be sent again. */
const partBytes = 8 * 1024 ** 2;

/** Of S3. */
const mostParts = 10_000;

async function fetchObject(
  client: S3Client,
  object: StoredObject,
  transfer: TransferOptions,
  { directory, cache, env, maxBytes }: ObjectStorageOptions,
): Promise<Downloaded> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const finalUrl = shownObject(object);
  const address = `${endpointOf(env) ?? 'aws'} ${finalUrl}`;
  const remembered = await cache?.recall(address);
  const get = (etag: string | undefined) =>
    client.send(
      new GetObjectCommand({
        Bucket: object.bucket,
        Key: object.key,
        ...ownerOf(object),
        ...(etag !== undefined && { IfNoneMatch: etag }),
      }),
      abortable(transfer),
    );
  const release = (path: string) => () => rm(path, { force: true });
  let answer: Awaited<ReturnType<typeof get>>;
  try {
    answer = await get(remembered?.etag);
  } catch (error) {
    if (statusOf(error) !== 304 || !remembered || !cache) throw error;
    const path = await newPath(directory);
    if (await cache.take(remembered.sha256, path)) {
      transfer.note?.(`${finalUrl} has not changed since it was last fetched.`);
      const { size } = await stat(path);
      const { sha256, ...validators } = remembered;
      return { path, size, sha256, finalUrl, validators, release: release(path) };
    }
    answer = await get(undefined);
  }
  const spooled = await spool(answer.Body as Readable, {
    directory,
    name: finalUrl,
    brokenOff: 'S3_FAILED',
    signal: transfer.signal,
    ...(maxBytes !== undefined && { maxBytes }),
  });
  const validators = { etag: answer.ETag };
  await cache
    ?.keep(spooled.path, spooled.sha256, { address, ...validators })
    .catch((error: Error) => transfer.note?.(`The object is not kept for later builds: ${error.message}`));
  return { ...spooled, finalUrl, validators, release: release(spooled.path) };
}

/**
 * The endpoint comes from the host and not from a document, so it may be on a private network; metadata addresses
 * never may. A bucket's name can lead to no other host: `parseS3Url` lets no other characters through.
 */
async function openClient(env: NodeJS.ProcessEnv): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const { Agent: HttpAgent } = process.getBuiltinModule('node:http');
  const { Agent: HttpsAgent } = process.getBuiltinModule('node:https');
  const endpoint = endpointOf(env);
  if (endpoint !== undefined) checkEndpoint(endpoint);
  const agent = { keepAlive: true, maxSockets: 16, lookup: guardedLookup('any') };
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  return new S3Client({
    ...(region || endpoint ? { region: region ?? 'us-east-1' } : {}),
    ...(endpoint !== undefined && { endpoint }),
    forcePathStyle: env.GILD_S3_PATH_STYLE ? isTrue(env.GILD_S3_PATH_STYLE) : endpoint !== undefined,
    followRegionRedirects: endpoint === undefined,
    ...(endpoint !== undefined && checksumsFor(env)),
    ...(isTrue(env.GILD_S3_ANONYMOUS) ? anonymous : credentialsOf(env)),
    requestHandler: {
      httpAgent: new HttpAgent(agent),
      httpsAgent: new HttpsAgent(agent),
      connectionTimeout: 30_000,
      socketTimeout: 60_000,
    },
  });
}

function endpointOf(env: NodeJS.ProcessEnv): string | undefined {
  return env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || undefined;
}

function checkEndpoint(endpoint: string): void {
  const url = URL.parse(endpoint);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw failed(`The endpoint \`${endpoint}\` is not an http or https URL.`, 'Mend AWS_ENDPOINT_URL_S3.');
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) && classifyAddress(host) === 'forbidden') {
    throw failed(`The endpoint \`${endpoint}\` is an address of cloud metadata or of no host.`);
  }
}

/** Many storages refuse the checksums that AWS now adds to every request. */
function checksumsFor(env: NodeJS.ProcessEnv): Partial<S3ClientConfig> {
  return {
    ...(!env.AWS_REQUEST_CHECKSUM_CALCULATION && { requestChecksumCalculation: 'WHEN_REQUIRED' }),
    ...(!env.AWS_RESPONSE_CHECKSUM_VALIDATION && { responseChecksumValidation: 'WHEN_REQUIRED' }),
  };
}

const anonymous: Partial<S3ClientConfig> = {
  credentials: { accessKeyId: '', secretAccessKey: '' },
  signer: { sign: async (request) => request },
};

/** The rest of the usual chain (profiles, roles, instance metadata) is the SDK's own. */
function credentialsOf(env: NodeJS.ProcessEnv): Partial<S3ClientConfig> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey) return {};
  const sessionToken = env.AWS_SESSION_TOKEN;
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } };
}

function isTrue(value: string | undefined): boolean {
  return /^(1|true|yes)$/i.test(value ?? '');
}

function ownerOf({ owner }: StoredObject): { ExpectedBucketOwner?: string } {
  return owner === undefined ? {} : { ExpectedBucketOwner: owner };
}

function abortable({ signal }: TransferOptions): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}

function shownObject({ bucket, key }: StoredObject): string {
  return `s3://${bucket}/${key}`;
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

async function telling<T>(
  object: StoredObject,
  { signal }: TransferOptions,
  request: () => Promise<T>,
): Promise<T> {
  try {
    return await request();
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof GildError) throw error;
    throw explain(error as Error, object);
  }
}

function explain(error: Error, object: StoredObject): GildError {
  const where = shownObject(object);
  const status = statusOf(error);
  if (error.name === 'CredentialsProviderError') {
    return failed(
      `${where}: there are no credentials for the object storage.`,
      'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, or GILD_S3_ANONYMOUS=true for what is public.',
      error,
    );
  }
  if (/region is missing/i.test(error.message)) {
    return failed(`${where}: no region is set.`, 'Set AWS_REGION.', error);
  }
  const why = [error.name, error.message].filter(
    (part) => part && !/^(Error|UnknownError|Unknown)$/.test(part),
  );
  const owner = object.owner !== undefined && status === 403;
  return failed(
    `${where}: ${status === undefined ? '' : `${status} `}${why.join(': ')}`.trimEnd(),
    owner
      ? `Access is denied too where the bucket belongs to another account than ${object.owner}.`
      : undefined,
    error,
  );
}

function failed(message: string, hint?: string, cause?: unknown): GildError {
  return new GildError({ code: 'S3_FAILED', message, ...(hint && { hint }), cause });
}
