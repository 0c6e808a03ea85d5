import type { Failure } from '../../model/events.ts';
import { GildError } from '../../support/errors.ts';

/** A step cannot be held to the packages of the lock file, or did not keep to them. */
export function notHeld(message: string, cause?: unknown): GildError {
  const why = cause instanceof Error ? ` ${cause.message}` : '';
  return new GildError({
    code: 'PACKAGES_NOT_HELD',
    message: `${message}${why}`,
    hint: wayOut,
    cause,
  });
}

/** The failure of a step that was held, with what it asked for in vain. */
export function failedWhileHeld(failure: Failure): Failure {
  const missing = askedInVain(failure);
  const what = missing === undefined ? '' : `, and ${missing} is not among them`;
  return { ...failure, hint: `It is held to the packages of the lock file${what}. ${wayOut}` };
}

/** In the words of apt. */
export function askedInVain({ lastLines = [] }: Failure): string | undefined {
  const text = lastLines.join('\n');
  const found = complaints.map((complaint) => complaint.exec(text)).find((match) => match);
  return found?.slice(1).reverse().join(' ');
}

const complaints = [
  /Unable to locate package (\S+)/,
  /Package '?([^\s']+)'? has no installation candidate/,
  /Version '([^']+)' for '([^']+)' was not found/,
  /Depends: (\S+)(?: \([^)]*\))? but it is not/,
];

const wayOut =
  'To take what the archives have now: `gild lock --update packages`, and build once without `--frozen`.';
