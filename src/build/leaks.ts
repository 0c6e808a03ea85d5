import type { Layer } from '../model/tree.ts';
import { GildError } from '../support/errors.ts';
import { encodings } from '../support/redact.ts';
import type { Workshop } from './workshop.ts';

/** Looks for every form of every secret in the bytes of a new layer, and forgets a layer with one. Throws `SECRET_LEAKED`. */
export async function refuseLeaks(
  layer: Layer,
  secrets: ReadonlyMap<string, string>,
  workshop: Pick<Workshop, 'trees' | 'blobs' | 'records'>,
): Promise<void> {
  const id = await findLeak(layer, secrets, workshop);
  if (id === undefined) return;
  await forget(layer, workshop);
  throw leaked(id, layer);
}

async function findLeak(
  layer: Layer,
  secrets: ReadonlyMap<string, string>,
  { trees }: Pick<Workshop, 'trees'>,
): Promise<string | undefined> {
  const needles = [...secrets].flatMap(([id, value]) =>
    encodings(value).map((form) => ({ id, bytes: Buffer.from(form) })),
  );
  if (needles.length === 0) return undefined;
  const overlap = Math.max(...needles.map((needle) => needle.bytes.length)) - 1;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of await trees.open(layer)) {
    const window = Buffer.concat([rest, chunk as Buffer]);
    const found = needles.find((needle) => window.includes(needle.bytes));
    if (found) return found.id;
    rest = window.subarray(Math.max(0, window.length - overlap));
  }
  return undefined;
}

/** Unless an image has the very same layer: there it is no secret any more. */
async function forget(
  layer: Layer,
  { trees, blobs, records }: Pick<Workshop, 'trees' | 'blobs' | 'records'>,
): Promise<void> {
  const images = await records.list();
  if (images.some((image) => image.layers.some(({ diffId }) => diffId === layer.diffId))) return;
  await trees.remove(layer.diffId);
  await blobs.remove(layer.blob);
}

function leaked(id: string, layer: Layer): GildError {
  return new GildError({
    code: 'SECRET_LEAKED',
    message: `The value of the secret \`${id}\` is in the layer of \`${layer.createdBy}\`.`,
    hint: `Read the secret from /run/secrets/${id} where it is needed, and write it nowhere else. Nothing was published.`,
  });
}
