import { randomUUID } from 'node:crypto';
import { lstat, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Artifact } from '../model/artifact.ts';
import type { Image } from '../model/image.ts';
import { findOutput } from '../outputs/index.ts';
import type { Output } from '../outputs/types.ts';
import type { BlobStore } from '../store/types.ts';
import { GildError, isFullDisk } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';

export interface ExportRequest {
  readonly image: Pick<Image, 'name' | 'version' | 'build' | 'state' | 'artifacts'>;
  /** Folder; made if it is not there. */
  readonly to: string;
  /** Names of outputs; all when empty. */
  readonly types: readonly string[];
  /** Replaces what is there, and exports an image whose tests failed. */
  readonly force: boolean;
}

/** Type -> absolute path. Nothing is written if one of the files exists: `EXPORT_EXISTS`. */
export async function exportArtifacts(
  request: ExportRequest,
  blobs: BlobStore,
): Promise<ReadonlyMap<string, string>> {
  const { image, force } = request;
  if (image.state !== 'available' && !force) throw notPublished(image);
  const jobs = chosen(request).map((artifact) => ({
    artifact,
    output: requireOutput(artifact),
    path: resolve(join(request.to, artifact.fileName)),
  }));
  if (!force) for (const { path } of jobs) await refuseExisting(path);
  for (const { artifact } of jobs) await refuseDamaged(artifact, blobs);
  for (const { artifact, output, path } of jobs) {
    const write = (target: string) => output.export(artifact, target, blobs);
    await (force ? replace(path, write) : write(path)).catch((error: unknown) => {
      throw isFullDisk(error) ? noSpaceFor(path, error) : error;
    });
  }
  return new Map(jobs.map(({ artifact, path }) => [artifact.type, path]));
}

function chosen({ image, types }: ExportRequest): readonly Artifact[] {
  const known = image.artifacts.map((artifact) => artifact.type);
  const unknown = types.find((type) => !known.includes(type));
  if (unknown !== undefined) {
    const meant = nearest(unknown, known);
    throw new GildError({
      code: 'USAGE',
      message: `\`${image.name}@${image.version}/${image.build}\` has no \`${unknown}\` artifact.`,
      hint: meant === undefined ? `It has ${known.join(', ') || 'none'}.` : `Did you mean \`${meant}\`?`,
    });
  }
  return types.length === 0 ? image.artifacts : image.artifacts.filter(({ type }) => types.includes(type));
}

function requireOutput(artifact: Artifact): Output {
  const output = findOutput(artifact.type);
  if (output) return output;
  throw new GildError({ code: 'USAGE', message: `This Gild cannot export \`${artifact.type}\` artifacts.` });
}

async function refuseExisting(path: string): Promise<void> {
  if (!(await lstat(path).catch(() => undefined))) return;
  throw new GildError({
    code: 'EXPORT_EXISTS',
    message: `${path} exists already.`,
    hint: 'Export to another folder, or overwrite it with `--force`.',
  });
}

/** What leaves the store is what was tested. */
async function refuseDamaged({ type, blobs: needed }: Artifact, blobs: BlobStore): Promise<void> {
  for (const digest of needed) {
    const state = await blobs.verify(digest);
    if (state === 'whole') continue;
    throw new GildError({
      code: 'STORE_DAMAGED',
      message: `The ${type} artifact cannot be exported: its blob ${digest} is ${state}.`,
      hint: 'Build the image again: what is damaged or missing is made anew.',
    });
  }
}

/** The old file stays until the new one is whole. */
async function replace(path: string, write: (fresh: string) => Promise<void>): Promise<void> {
  const fresh = `${path}.${randomUUID()}.new`;
  try {
    await write(fresh);
    await rm(path, { recursive: true, force: true });
    await rename(fresh, path);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

function noSpaceFor(path: string, cause: unknown): GildError {
  return new GildError({
    code: 'NO_SPACE',
    message: `There is no space left for ${path}.`,
    hint: 'Make some there, or export to another folder.',
    cause,
  });
}

function notPublished({ name, version, build }: ExportRequest['image']): GildError {
  return new GildError({
    code: 'TESTS_FAILED',
    message: `The tests of \`${name}@${version}/${build}\` failed, so it is not published.`,
    hint: 'Export it all the same with `--force`.',
  });
}
