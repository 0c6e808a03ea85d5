import type { Image } from '../model/image.ts';
import { GildError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import { parsePattern } from './version.ts';

/** `name`, `name@1.x.x` or `name@1.0.0/2`, taken apart. */
export interface ImageReference {
  readonly name: string;
  /** `1.2.3`, `x` in any place, or `latest`. */
  readonly version: string;
  readonly build?: number;
}

/** Reads what a person calls an image. Throws `USAGE` with what was expected. */
export function parseReference(text: string): ImageReference {
  const match = /^([^@/]+)(?:@([^@/]+)(?:\/(.+))?)?$/.exec(text);
  const [, name = '', version = 'latest', build] = match ?? [];
  if (!match || !namePattern.test(name)) throw malformed(text, 'That is no image name');
  if (!parsePattern(version)) throw malformed(text, `\`${version}\` is not a version`);
  if (build === undefined) return { name, version };
  if (!/^[1-9]\d{0,8}$/.test(build)) throw malformed(text, `\`${build}\` is not a build number`);
  if (version === 'latest' || version.includes('x'))
    throw malformed(text, 'A build number needs a whole version');
  return { name, version, build: Number(build) };
}

/** `name@1.0.0/2`: the one name that no other image has. */
export function imageLabel(image: Pick<Image, 'name' | 'version' | 'build'>): string {
  return `${image.name}@${image.version}/${image.build}`;
}

/** An `IMAGE_NOT_FOUND` that says what there is instead. */
export function imageNotFound(reference: ImageReference, known: readonly Image[]): GildError {
  const written = `${reference.name}@${reference.version}${reference.build ? `/${reference.build}` : ''}`;
  const ofThatName = known.filter((image) => image.name === reference.name);
  return new GildError({
    code: 'IMAGE_NOT_FOUND',
    message:
      reference.version === 'latest' && ofThatName.length === 0
        ? `There is no image \`${reference.name}\`.`
        : `There is no image \`${written}\`.`,
    hint: ofThatName.length > 0 ? versionsHint(reference.name, ofThatName) : namesHint(reference.name, known),
  });
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

function malformed(text: string, what: string): GildError {
  return new GildError({
    code: 'USAGE',
    message: `\`${text}\` does not name an image. ${what}.`,
    hint: 'Write `name`, `name@1.2.3`, `name@1.x.x`, `name@latest` or `name@1.2.3/2`.',
  });
}

function versionsHint(name: string, images: readonly Image[]): string {
  const shown = images.slice(0, 5).map((image) => `${image.version}/${image.build}${stateOf(image)}`);
  const more = images.length > shown.length ? ` and ${images.length - shown.length} more` : '';
  return `Recorded of \`${name}\`: ${shown.join(', ')}${more}.`;
}

function stateOf(image: Image): string {
  return image.state === 'available' ? '' : ` (${image.state})`;
}

function namesHint(name: string, known: readonly Image[]): string {
  const names = [...new Set(known.map((image) => image.name))];
  const meant = nearest(name, names);
  if (meant !== undefined) return `Did you mean \`${meant}\`?`;
  return names.length === 0
    ? 'No image is recorded yet: `gild build` makes one.'
    : '`gild images` lists them all.';
}
