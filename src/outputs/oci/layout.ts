import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artifact } from '../../model/artifact.ts';
import type { BlobStore } from '../../store/types.ts';
import { canonicalJson } from '../../support/canonical.ts';
import { refNameAnnotation } from '../annotations.ts';
import { linkBlob } from '../place-blob.ts';
import { type Manifest, refName } from './manifest.ts';
import { mediaTypes } from './media-types.ts';

/** Fills `folder` with an OCI image layout of this one image. */
export async function writeLayout(artifact: Artifact, folder: string, blobs: BlobStore): Promise<void> {
  await mkdir(join(folder, 'blobs', 'sha256'), { recursive: true });
  await Promise.all(
    artifact.blobs.map((digest) => linkBlob(blobs, digest, join(folder, 'blobs', ...digest.split(':')))),
  );
  await writeFile(join(folder, 'oci-layout'), canonicalJson({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(folder, 'index.json'), canonicalJson(await layoutIndex(artifact, blobs)));
}

async function layoutIndex(artifact: Artifact, blobs: BlobStore): Promise<unknown> {
  const bytes = await blobs.read(artifact.digest);
  const name = refName(JSON.parse(bytes.toString()) as Manifest);
  return {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [
      {
        mediaType: mediaTypes.manifest,
        digest: artifact.digest,
        size: bytes.length,
        annotations: name && { [refNameAnnotation]: name },
      },
    ],
  };
}
