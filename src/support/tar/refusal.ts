import { GildError } from '../errors.ts';

/** `ARCHIVE_REFUSED` naming the entry (bytes as in the archive) and the byte at which its header starts. */
export function refusal(path: string, offset: number, why: string): GildError {
  return new GildError({
    code: 'ARCHIVE_REFUSED',
    message: `The archive is refused at \`${printable(path)}\` (byte ${offset}): ${why}.`,
  });
}

/** Like `refusal` where no entry is at fault. */
export function archiveRefusal(why: string, offset?: number, cause?: unknown): GildError {
  return new GildError({
    code: 'ARCHIVE_REFUSED',
    message: `The archive is refused${offset === undefined ? '' : ` at byte ${offset}`}: ${why}.`,
    ...(cause === undefined ? {} : { cause }),
  });
}

const cutOff = 'it is cut off';

export function cutOffRefusal(offset: number): GildError {
  return archiveRefusal(cutOff, offset);
}

/** Whoever wrote the archive stopped in the middle, and may say why. */
export function isCutOff(error: unknown): boolean {
  return error instanceof GildError && error.code === 'ARCHIVE_REFUSED' && error.message.includes(cutOff);
}

const longest = 120;

export function printable(path: string): string {
  const text = Buffer.from(path.slice(0, 4 * longest), 'latin1').toString();
  const escaped = text.replace(
    /[\x00-\x1f\x7f-\x9f`\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => {
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    },
  );
  return escaped.length > longest ? `${escaped.slice(0, longest)}...` : escaped;
}
