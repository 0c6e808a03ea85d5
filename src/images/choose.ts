import type { Image } from '../model/image.ts';
import { imageNotFound, parseReference } from './reference.ts';
import type { ImageStore } from './types.ts';
import { matches, parseVersion, requirePattern } from './version.ts';

/** The newest image that a person's reference names, one whose tests failed only if there is no other. */
export async function chooseImage(store: ImageStore, reference: string): Promise<Image> {
  const images = await chooseImages(store, reference);
  return images.find((image) => image.state === 'available') ?? images[0];
}

/** All images that a reference names, newest first; at least one. Throws `USAGE`, `IMAGE_NOT_FOUND`. */
export async function chooseImages(
  store: ImageStore,
  reference: string,
): Promise<readonly [Image, ...Image[]]> {
  const wanted = parseReference(reference);
  const pattern = requirePattern(wanted.version);
  const [newest, ...others] = (await store.list(wanted.name)).filter((image) => {
    const version = parseVersion(image.version);
    const sameBuild = wanted.build === undefined || wanted.build === image.build;
    return version !== undefined && sameBuild && matches(pattern, version);
  });
  if (!newest) throw imageNotFound(wanted, await store.list());
  return [newest, ...others];
}
