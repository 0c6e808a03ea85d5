import { Readable } from 'node:stream';
import type { Digest } from '../../model/digest.ts';
import type { BlobStore } from '../../store/types.ts';
import { sha256 } from '../../support/canonical.ts';
import { inOrder } from '../../support/in-order.ts';
import { neededBlobs } from '../needed-blobs.ts';
import type { WrittenCatalogue } from './catalogue.ts';
import { formWithin } from './merge.ts';
import type { BlobName, Place, SharedRecord } from './types.ts';

/** Where what is sent is on this host. */
export type SentContent = Pick<BlobStore, 'size' | 'open' | 'verify'>;

/** From this host to a place. */
export interface Transfer {
  readonly place: Place;
  readonly blobs: SentContent;
  /** Bytes of all blobs that matter. */
  readonly sizes: ReadonlyMap<Digest, number>;
  readonly signal?: AbortSignal | undefined;
}

/** Sends what the place has not; what is `distrusted`, in any case. Returns what was sent, with its bytes. */
export async function sendBlobs(
  wanted: readonly Digest[],
  transfer: Transfer,
  distrusted?: ReadonlySet<Digest>,
): Promise<ReadonlyMap<Digest, number>> {
  const { place, signal } = transfer;
  const sent = new Map<Digest, number>();
  const sending = inOrder(wanted, atOnce, async (digest) => {
    const name = nameOf(digest, transfer);
    if (!distrusted?.has(digest) && (await place.has(name, signal))) return;
    await sendBlob(name, transfer);
    sent.set(digest, name.size);
  });
  for await (const _done of sending);
  return sent;
}

const atOnce = 4;

/** Returns how many records the place has then. What it lost, and is not here either, it goes without. */
export async function publish(records: readonly SharedRecord[], transfer: Transfer): Promise<number> {
  const { place, blobs, sizes, signal } = transfer;
  const formed = formWithin(records, sizes);
  try {
    await publishFormed(formed, place, signal);
    return formed.records.length;
  } catch (thrown) {
    signal?.throwIfAborted();
    const lost = await lostBlobs(formed.records, transfer);
    if (lost.size === 0) throw thrown;
    for (const digest of lost) {
      if ((await blobs.verify(digest)) !== 'whole') continue;
      await sendBlob(nameOf(digest, transfer), transfer);
      lost.delete(digest);
    }
    const left = formed.records.filter(({ result }) => !neededBlobs(result).some((blob) => lost.has(blob)));
    await publishFormed(formWithin(left, sizes), place, signal);
    return left.length;
  }
}

async function publishFormed(
  { list, manifest }: WrittenCatalogue,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<void> {
  const blob = { digest: sha256(list), size: list.length };
  await place.send({ ...blob, open: () => Readable.from([list]) }, signal);
  await place.publish(manifest, signal);
}

async function lostBlobs(records: readonly SharedRecord[], transfer: Transfer): Promise<Set<Digest>> {
  const { place, signal } = transfer;
  const lost = new Set<Digest>();
  const needed = new Set(records.flatMap(({ result }) => neededBlobs(result)));
  const asked = inOrder(needed, atOnce, async (digest) => {
    if (!(await place.has(nameOf(digest, transfer), signal))) lost.add(digest);
  });
  for await (const _done of asked);
  return lost;
}

function sendBlob(name: BlobName, { place, blobs, signal }: Transfer): Promise<void> {
  return place.send({ ...name, open: () => blobs.open(name.digest) }, signal);
}

function nameOf(digest: Digest, { sizes }: Transfer): BlobName {
  return { digest, size: sizes.get(digest) ?? 0 };
}
