import { createReadStream } from 'node:fs';
import { GildError } from '../../support/errors.ts';
import type { Item } from '../fields.ts';
import { absolutePath, flag, oneOf, optionalText, text } from '../fields.ts';
import { quote } from '../program.ts';
import type { Action, ActionContext, ActionFailure, ChecksumAlgorithm, Downloaded } from '../types.ts';

const fields = {
  source: text('An http or https URL.', (url) =>
    /^https?:\/\/[^\s/]/i.test(url) ? undefined : 'an http or https URL',
  ),
  destination: text(
    'Absolute path; with `/` at its end, a folder into which it goes by its name in the URL.',
    absolutePath,
  ),
  overwrite: flag(true, 'Whether a file that exists is replaced; if not, it is an error.'),
  checksum: optionalText('What the file must hash to, in hex.', (value) =>
    /^[0-9a-f]{32,128}$/i.test(value) ? undefined : 'a hash in hex',
  ),
  algorithm: optionalText('Of the checksum.', oneOf('MD5', 'SHA1', 'SHA256', 'SHA512')),
  ignoreCertificateErrors: flag(false, 'Whether a wrong certificate is accepted, which needs a checksum.'),
};

type Download = Item<typeof fields>;

export const webDownload: Action<typeof fields> = {
  name: 'WebDownload',
  summary: 'Fetches files over http or https, on the host, and puts them into the machine.',
  shape: 'list',
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
    return { kind: 'done', outputs: destinations.map((destination) => ({ destination })) };
  },
};

function checkDownload(item: Download): { field: string; message: string; hint?: string } | undefined {
  const { checksum, algorithm } = item;
  if (checksum !== undefined && algorithm === undefined) {
    return {
      field: 'checksum',
      message: '`checksum` needs `algorithm` beside it.',
      hint: 'Without it nothing is verified.',
    };
  }
  if (algorithm !== undefined && checksum === undefined) {
    return {
      field: 'algorithm',
      message: '`algorithm` needs `checksum` beside it.',
      hint: 'Without it nothing is verified.',
    };
  }
  if (checksum !== undefined && checksum.length !== hexLengths[algorithmOf(algorithm)]) {
    const expected = hexLengths[algorithmOf(algorithm)];
    return {
      field: 'checksum',
      message: `A ${algorithm} checksum has ${expected} hex digits, not ${checksum.length}.`,
    };
  }
  if (item.ignoreCertificateErrors && checksum === undefined) {
    return { field: 'ignoreCertificateErrors', message: '`ignoreCertificateErrors` needs a `checksum`.' };
  }
  return undefined;
}

const hexLengths = { MD5: 32, SHA1: 40, SHA256: 64, SHA512: 128 } as const;

function algorithmOf(name: string | undefined): ChecksumAlgorithm {
  const upper = (name ?? '').toUpperCase();
  return upper === 'MD5' || upper === 'SHA1' || upper === 'SHA512' ? upper : 'SHA256';
}

function destinationOf({ source, destination }: Download): string | undefined {
  if (!destination.endsWith('/')) return destination;
  const last = new URL(source).pathname.split('/').at(-1) ?? '';
  const name = last.includes('%') ? decodeURIComponent(last) : last;
  return name === '' || name === '..' || name.includes('/') || name.includes('\0')
    ? undefined
    : destination + name;
}

async function download(
  item: Download,
  to: string,
  context: ActionContext,
): Promise<ActionFailure | undefined> {
  const checksum =
    item.checksum === undefined
      ? undefined
      : {
          algorithm: algorithmOf(item.algorithm),
          value: item.checksum.toLowerCase(),
        };
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
  let file: Downloaded | undefined;
  try {
    file = await context.downloads.fetch({
      url: item.source,
      ignoreCertificateErrors: item.ignoreCertificateErrors,
      ...(checksum && { checksum }),
      note: context.note,
      signal: context.signal,
    });
    context.note(`${item.source}: ${file.size} bytes, sha256:${file.sha256}`);
    return await place(file.path, to, context);
  } catch (error) {
    if (!(error instanceof GildError) || !error.code.startsWith('DOWNLOAD_')) throw error;
    return {
      kind: 'failed',
      code: error.code,
      message: error.message,
      ...(error.hint && { hint: error.hint }),
    };
  } finally {
    await file?.release();
  }
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

/** Under another name first, so that no step ever sees half a file. */
async function place(from: string, to: string, context: ActionContext): Promise<ActionFailure | undefined> {
  const script = `set -eu
if [ -d "$1" ]; then echo "$1 is a folder; end the destination with /" >&2; exit 1; fi
mkdir -p "\${1%/*}/"
trap 'rm -f "$1.download"' EXIT
cat > "$1.download"
chmod 0644 "$1.download"
mv -f "$1.download" "$1"`;
  const { exitCode, complaint } = await context.execute({
    argv: [...context.machine.toolbox, 'sh', '-c', script, 'sh', to],
    stdin: createReadStream(from),
    shown: { argv: ['WebDownload', to] },
  });
  return exitCode === 0 ? undefined : { kind: 'failed', message: complaint ?? `exit status ${exitCode}` };
}
