import { fetchSource } from '../fetch-source.ts';
import type { Item } from '../fields.ts';
import { absolutePath, endsInSeparator, flag, oneOf, optionalText, pathText, text } from '../fields.ts';
import { placeFile } from '../place-file.ts';
import { quote } from '../program.ts';
import type { Action, ActionContext, ActionFailure, ChecksumAlgorithm, Complaint } from '../types.ts';

const fields = {
  source: text('An http or https URL.', (url) =>
    /^https?:\/\/[^\s/]/i.test(url) ? undefined : 'an http or https URL',
  ),
  destination: pathText(
    'Path, from `/` if it is relative; with a separator at its end, a folder into which it goes by its name in the URL.',
    () => undefined,
  ),
  overwrite: flag(true, 'Whether a file that exists is replaced; if not, it is an error.'),
  checksum: optionalText('What the file must hash to, in hex.', (value) =>
    /^[0-9a-f]{32,128}$/i.test(value) ? undefined : 'a hash in hex',
  ),
  algorithm: optionalText(
    'Of the checksum: MD5, SHA1, SHA256 or SHA512; by the length of the checksum by default.',
    oneOf('MD5', 'SHA1', 'SHA256', 'SHA512'),
  ),
  ignoreCertificateErrors: flag(false, 'Whether a wrong certificate is accepted.'),
};

type Download = Item<typeof fields>;

export const webDownload: Action<typeof fields> = {
  name: 'WebDownload',
  summary: 'Fetches files over http or https, on the host, and puts them into the machine.',
  shape: 'list',
  platforms: ['linux', 'macos', 'windows'],
  fields,
  outputs: ['destination'],
  check: checkDownload,
  run: async (items, context) => {
    const destinations: string[] = [];
    for (const item of items) {
      const to = destinationOf(item);
      if (to === undefined) {
        return { kind: 'failed', message: `${item.source} has no file name; give \`destination\` one` };
      }
      const done = await download(item, to, context);
      if (done) return done;
      destinations.push(to);
    }
    return { kind: 'done', outputs: [{ destination: destinations.join('\n') }] };
  },
};

function checkDownload({ checksum, algorithm }: Download): Complaint | undefined {
  if (checksum === undefined) return undefined;
  if (algorithm === undefined && !algorithmByLength(checksum)) {
    return {
      field: 'checksum',
      message: `No algorithm makes a checksum of ${checksum.length} hex digits.`,
      hint: 'MD5 has 32, SHA1 40, SHA256 64, SHA512 128.',
    };
  }
  const expected = hexLengths[algorithmOf(checksum, algorithm)];
  if (checksum.length === expected) return undefined;
  const message = `A ${algorithm} checksum has ${expected} hex digits, not ${checksum.length}.`;
  return { field: 'checksum', message };
}

const hexLengths = { MD5: 32, SHA1: 40, SHA256: 64, SHA512: 128 } as const;

/** A checksum alone says by its length what it is: it is verified rather than passed over. */
function algorithmOf(checksum: string, named: string | undefined): ChecksumAlgorithm {
  const found = algorithms.find((name) => name === named?.toUpperCase());
  return found ?? algorithmByLength(checksum) ?? 'SHA256';
}

const algorithms = ['MD5', 'SHA1', 'SHA256', 'SHA512'] as const;

function algorithmByLength(checksum: string): ChecksumAlgorithm | undefined {
  return algorithms.find((name) => hexLengths[name] === checksum.length);
}

function destinationOf({ source, destination: given }: Download): string | undefined {
  const destination = absolutePath(given) ? `/${given}` : given;
  if (!endsInSeparator(destination)) return destination;
  const last = new URL(source).pathname.split('/').at(-1) ?? '';
  const name = decoded(last);
  return name === '' || name === '..' || name.includes('/') || name.includes('\0')
    ? undefined
    : destination + name;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

async function download(
  item: Download,
  to: string,
  context: ActionContext,
): Promise<ActionFailure | undefined> {
  const checksum = item.checksum === undefined ? undefined : checksumOf(item.checksum, item.algorithm);
  if (item.algorithm !== undefined && !checksum)
    context.note('`algorithm` without `checksum` verifies nothing.');
  if (!item.overwrite || checksum) {
    const state = await look(to, checksum?.algorithm, context);
    if (state.exists && !item.overwrite)
      return { kind: 'failed', message: `${to} exists and overwrite is false` };
    if (checksum && state.hash === checksum.value) {
      context.note(`${to} is there already, with this checksum.`);
      return undefined;
    }
  }
  if (item.ignoreCertificateErrors) context.note(`The certificate of ${item.source} is not checked.`);
  const { source: url, ignoreCertificateErrors } = item;
  const file = await fetchSource({ url, ignoreCertificateErrors, ...(checksum && { checksum }) }, context);
  if ('kind' in file) return file;
  try {
    return await placeFile(file.path, to, context, { action: 'WebDownload', makeFolders: true });
  } finally {
    await file.release();
  }
}

function checksumOf(value: string, algorithm: string | undefined) {
  return { algorithm: algorithmOf(value, algorithm), value: value.toLowerCase() };
}

async function look(
  path: string,
  algorithm: ChecksumAlgorithm | undefined,
  context: ActionContext,
): Promise<{ exists: boolean; hash?: string }> {
  const hash = algorithm ? `${algorithm.toLowerCase()}sum < ${quote(path)}` : ':';
  const { exitCode, stdout } = await context.execute({
    argv: [...context.machine.toolbox, 'sh', '-c', `if [ ! -e ${quote(path)} ]; then exit 44; fi; ${hash}`],
    quiet: true,
  });
  return { exists: exitCode !== 44, hash: stdout.toString().split(' ')[0] ?? '' };
}
