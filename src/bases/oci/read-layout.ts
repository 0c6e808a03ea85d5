import { constants } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaseSpec } from '../../model/buildspec.ts';
import type { Digest } from '../../model/digest.ts';
import type { LockedBase } from '../../model/lock.ts';
import type { Layer } from '../../model/tree.ts';
import { sha256 } from '../../support/canonical.ts';
import { readLimited } from '../../support/outbound.ts';
import { type Manifest, manifestLimit } from '../../support/registry/client.ts';
import { asArray, asObject, type Descriptor, readDescriptor } from '../container/descriptor.ts';
import { importLayers } from '../container/import-layers.ts';
import { parseJson, unusable } from '../container/manifest.ts';
import { type ImagePin, resolveImage } from '../container/resolve-image.ts';
import { notFound, openBaseFile } from '../paths.ts';
import type { BaseContext } from '../types.ts';

export async function resolveLayout(
  spec: BaseSpec,
  { architecture, signal }: BaseContext,
): Promise<LockedBase> {
  const { reference } = spec;
  const { path, tag } = spec.options as unknown as { path: string; tag?: string };
  signal?.throwIfAborted();
  await requireLayout(path, reference);
  const index = await readFileLimited(join(path, 'index.json'), reference, constants.O_NOFOLLOW);
  const content = ({ digest }: Pick<Descriptor, 'digest'>) => readBlob(path, digest, reference);
  const manifest = async (descriptor: Pick<Descriptor, 'digest'>): Promise<Manifest> => {
    return { digest: descriptor.digest, mediaType: '', bytes: await content(descriptor) };
  };
  const top = chooseTop(index, tag, reference);
  const start: Manifest =
    'digest' in top ? { ...(await manifest(top)), mediaType: top.mediaType } : indexOf(top);
  const found = await resolveImage(start, { manifest, content }, { reference, architecture });
  return { kind: 'oci', reference, ...found, pin: { ...found.pin, path } };
}

export async function fetchLayout(
  locked: LockedBase,
  { trees, host, signal }: BaseContext,
): Promise<readonly Layer[]> {
  const { path, layers } = locked.pin as unknown as ImagePin & { readonly path: string };
  return importLayers(layers, {
    trees,
    home: host.home,
    signal,
    open: async ({ blob }) => (await openBaseFile(blobPath(path, blob), locked.reference)).createReadStream(),
  });
}

async function requireLayout(path: string, reference: string): Promise<void> {
  const [folder, mark] = await Promise.all([
    stat(path).catch(() => undefined),
    stat(join(path, 'index.json')).catch(() => undefined),
  ]);
  if (!folder) throw notFound(reference, `there is no ${path}`);
  if (!folder.isDirectory())
    throw notFound(
      reference,
      `${path} is not a folder`,
      'An image in one file is written docker-archive:./file.tar or rootfs:./file.tar.',
    );
  if (!mark)
    throw notFound(
      reference,
      `${path} is not an OCI image layout: it has no index.json`,
      'A layout is what `skopeo copy ... oci:folder` writes.',
    );
}

async function readFileLimited(path: string, reference: string, flags = 0): Promise<Buffer> {
  const file = await openBaseFile(path, reference, flags);
  return readLimited(file.createReadStream(), manifestLimit, path);
}

async function readBlob(path: string, digest: Digest, reference: string): Promise<Buffer> {
  const bytes = await readFileLimited(blobPath(path, digest), reference);
  const found = sha256(bytes);
  if (found !== digest)
    throw unusable(
      reference,
      `the blob ${digest} of its layout has the digest ${found}`,
      'The layout is damaged.',
    );
  return bytes;
}

function blobPath(path: string, digest: Digest): string {
  return join(path, 'blobs', 'sha256', digest.slice('sha256:'.length));
}

const nameAnnotation = 'org.opencontainers.image.ref.name';

/** The manifest meant, or several of which the architecture decides. */
function chooseTop(
  index: Buffer,
  tag: string | undefined,
  reference: string,
): Descriptor | readonly Descriptor[] {
  const all = asArray(asObject(parseJson(index, reference)).manifests).flatMap(
    (item) => readDescriptor(item) ?? [],
  );
  const nameOf = ({ annotations }: Descriptor) => annotations[nameAnnotation];
  const named =
    tag === undefined ? all : all.filter((item) => nameOf(item) === tag || nameOf(item)?.endsWith(`:${tag}`));
  const [first] = named;
  if (first && named.length === 1) return first;
  if (first && new Set(named.map(nameOf)).size === 1 && named.every(({ platform }) => platform)) return named;
  const names = [...new Set(all.flatMap((item) => nameOf(item) ?? []))].sort();
  const there = names.length > 0 ? `Its tags: ${names.slice(0, 20).join(', ')}.` : 'Its images have no tags.';
  if (!first)
    throw notFound(
      reference,
      tag === undefined ? 'the layout is empty' : `the layout has no tag ${tag}`,
      there,
    );
  throw notFound(
    reference,
    `the layout has ${named.length} images`,
    `Add the tag of one: oci:./folder:tag. ${there}`,
  );
}

function indexOf(manifests: readonly Descriptor[]): Manifest {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests }));
  return { digest: sha256(bytes), mediaType: 'application/vnd.oci.image.index.v1+json', bytes };
}
