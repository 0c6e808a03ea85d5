import { access } from 'node:fs/promises';
import type { Digest } from '../../model/digest.ts';
import { sha256 } from '../../support/canonical.ts';
import { GildError } from '../../support/errors.ts';
import { runProcess } from '../../support/process.ts';

/** What a signed list of an archive says, after its signature was checked. */
export interface Release {
  /** Of the file with its signatures. */
  readonly digest: Digest;
  readonly suite: string;
  readonly codename: string;
  readonly architectures: readonly string[];
  /** Seconds since 1970. */
  readonly date: number;
  /** Seconds since 1970. */
  readonly validUntil?: number;
}

/** Debian's, or those of who signs a mirror of one's own. */
export const keyring = process.env.GILD_DEBIAN_KEYRING || '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Checks an `InRelease` file's signature against Debian's keys and reads what was signed, nothing around it.
 * Throws `BASE_UNREACHABLE` if nobody known signed it, `HOST_TOOL_MISSING` without gpgv or the keys.
 */
export async function verifyRelease(
  inRelease: Buffer,
  where: string,
  signal?: AbortSignal,
  keys = keyring,
): Promise<Release> {
  const text = await signedText(inRelease, where, signal, keys);
  if (text === undefined) throw untrusted(where, false);
  return { digest: sha256(inRelease), ...readRelease(text, where) };
}

/**
 * What was signed of an `InRelease` file, and nothing around it; undefined if nobody known signed it. Throws
 * `BASE_UNREACHABLE` for a bad signature, `HOST_TOOL_MISSING`.
 */
export async function signedText(
  inRelease: Buffer,
  where: string,
  signal?: AbortSignal,
  keys = keyring,
): Promise<string | undefined> {
  await access(keys).catch(() => {
    throw new GildError({
      code: 'HOST_TOOL_MISSING',
      message: `Debian's archive keys are not on this host: there is no ${keys}.`,
      hint: 'Run `gild doctor --install`, or install the package debian-archive-keyring.',
    });
  });
  const text: Buffer[] = [];
  const status: Buffer[] = [];
  await runProcess(['gpgv', '--status-fd', '2', '--keyring', keys, '--output', '-', '-'], {
    stdin: inRelease,
    onStdout: (chunk) => text.push(chunk),
    onStderr: (chunk) => status.push(chunk),
    signal,
    timeoutMs: 30_000,
  });
  const said = [
    ...Buffer.concat(status)
      .toString()
      .matchAll(/^\[GNUPG:\] (\w+)/gm),
  ].map(([, word]) => word);
  const isSigned = said.includes('GOODSIG') && said.includes('VALIDSIG') && !said.includes('BADSIG');
  if (said.includes('BADSIG')) throw untrusted(where, true);
  return isSigned ? Buffer.concat(text).toString() : undefined;
}

/** Reads the fields before the lists of files. */
export function readRelease(text: string, where: string): Omit<Release, 'digest'> {
  const fields = new Map(
    [...text.matchAll(/^([A-Za-z-]+):[ \t]*(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value.trim(),
    ]),
  );
  const date = seconds(fields.get('Date'));
  if (date === undefined) throw untrusted(where, false);
  const validUntil = seconds(fields.get('Valid-Until'));
  return {
    suite: fields.get('Suite') ?? '',
    codename: fields.get('Codename') ?? '',
    architectures: (fields.get('Architectures') ?? '').split(/\s+/),
    date,
    ...(validUntil === undefined ? {} : { validUntil }),
  };
}

/** An old list that somebody replays hides security fixes. `now` is in seconds since 1970. */
export function requireFresh(
  { date, validUntil }: Pick<Release, 'date' | 'validUntil'>,
  where: string,
  now = Math.floor(Date.now() / 1000),
): void {
  if (validUntil !== undefined && validUntil < now) {
    throw new GildError({
      code: 'BASE_UNREACHABLE',
      message: `${where} is out of date: it was valid until ${day(validUntil)}, and this host's clock says ${day(now)}.`,
      hint: 'The mirror is behind, or the clock is wrong. For a snapshot of the archive set `checkValidUntil: false`.',
    });
  }
  if (date > now + dayLength) {
    throw new GildError({
      code: 'BASE_UNREACHABLE',
      message: `${where} is dated ${day(date)}, which this host's clock (${day(now)}) says is in the future.`,
      hint: 'Set the clock of this host.',
    });
  }
}

const dayLength = 86_400;

function seconds(date: string | undefined): number | undefined {
  const time = Date.parse(date ?? '');
  return Number.isFinite(time) ? Math.floor(time / 1000) : undefined;
}

function day(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 16).replace('T', ' ');
}

function untrusted(where: string, isBad: boolean): GildError {
  return new GildError({
    code: 'BASE_UNREACHABLE',
    message: `${where} ${isBad ? 'has a bad signature' : "is not signed by any of Debian's archive keys"}.`,
    hint: 'The mirror, or something between it and this host (a log-in page of a network?), changed it; or debian-archive-keyring is too old.',
  });
}
