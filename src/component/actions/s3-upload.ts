import { transferFailure } from '../fetch-source.ts';
import { flag, optionalText, pathPattern, pathText, text } from '../fields.ts';
import { globWords, prelude } from '../program.ts';
import { accountId, parseS3Url } from '../s3-url.ts';
import type { Action, ActionContext, ActionFailure, StoredObject } from '../types.ts';

const fields = {
  source: pathText(
    'Path; `*` may stand in its last part. A folder is uploaded with `recurse` only.',
    pathPattern,
  ),
  destination: text(
    'The object, `s3://bucket/key`; or a prefix, with `/` at its end, below which files keep their names.',
    (url) => (parseS3Url(url) && !url.includes('*') ? undefined : 'an address like `s3://bucket/key`'),
  ),
  recurse: flag(false, 'Whether folders are uploaded with all that is in them.'),
  expectedBucketOwner: optionalText('Account that must own the bucket.', accountId),
};

export const s3Upload: Action<typeof fields> = {
  name: 'S3Upload',
  summary: 'Sends files of the machine to S3, or anything that speaks it, from the host.',
  shape: 'list',
  platforms: ['linux', 'macos', 'windows'],
  fields,
  outputs: [],
  check: ({ source, destination }) =>
    source.includes('*') && !isPrefix(destination)
      ? { field: 'destination', message: '`destination` must end with `/` where `source` has a `*`.' }
      : undefined,
  run: async (items, context) => {
    for (const { source, destination, recurse, expectedBucketOwner: owner } of items) {
      const target = parseS3Url(destination);
      if (!target) return { kind: 'failed', message: `${destination} is no address of an object` };
      const files = await findFiles(source, recurse, context);
      if ('kind' in files) return files;
      const prefix = isPrefix(destination) || source.includes('*') || files.isFolder;
      const folder = target.key === '' || target.key.endsWith('/') ? target.key : `${target.key}/`;
      for (const file of files.found) {
        const key = prefix ? folder + file.name : target.key;
        const failure = await upload(file, { bucket: target.bucket, key, owner }, context);
        if (failure) return failure;
      }
    }
    return { kind: 'done' };
  },
};

function isPrefix(url: string): boolean {
  return url.endsWith('/') || parseS3Url(url)?.key === '';
}

interface FoundFile {
  readonly path: string;
  readonly size: number;
  /** Below the prefix. */
  readonly name: string;
}

/** Regular files; links to them where they are named or matched, not deeper down. */
async function findFiles(
  source: string,
  recurse: boolean,
  context: ActionContext,
): Promise<{ readonly found: readonly FoundFile[]; readonly isFolder: boolean } | ActionFailure> {
  const clean = source.replace(/(?<=.)\/+$/, '');
  const script = `${prelude}
list() { printf '%s\\n' "$2"; stat -L -c %s "$1"; printf '%s\\n' "$1"; }
for from in ${globWords(clean)}; do
  is_entry "$from" || continue
  if [ -d "$from" ]; then
    ${folderLines(source, recurse)}
  elif [ -f "$from" ]; then list "$from" "\${from##*/}"; fi
done`;
  const { exitCode, stdout, truncated, complaint } = await context.execute({
    argv: [...context.machine.toolbox, 'sh'],
    stdin: Buffer.from(script),
    shown: { argv: ['S3Upload', source] },
    quiet: true,
  });
  if (exitCode !== 0) return { kind: 'failed', message: complaint ?? `exit status ${exitCode}` };
  if (truncated) return { kind: 'failed', message: `The list of ${source} is longer than 1 MiB` };
  const lines = stdout.toString().split('\n');
  const found: FoundFile[] = [];
  for (let at = 0; at + 2 < lines.length; at += 3) {
    const [name = '', size = '', path = ''] = lines.slice(at, at + 3);
    if (!/^\d+$/.test(size)) return { kind: 'failed', message: `A file name at ${source} has a line break` };
    found.push({ name, size: Number(size), path });
  }
  const isFolder = found.some(({ path }) => path !== clean);
  if (found.length > 0) return { found, isFolder: isFolder && !source.includes('*') };
  const hint = recurse ? undefined : 'Folders are uploaded with `recurse: true` only.';
  return { kind: 'failed', message: `There is no file at ${source}`, ...(hint && { hint }) };
}

/** A folder that `*` found keeps its name below the prefix; one that was named is the prefix itself. */
function folderLines(source: string, recurse: boolean): string {
  if (!recurse) {
    return source.includes('*') ? 'continue' : 'fail "$from is a folder and recurse is false"';
  }
  const base = source.includes('*') ? `"\${from%/*}/"` : '"$from/"';
  return `base=${base}
    find "$from/" -type f | sed 's#//#/#' | sort | while IFS= read -r file; do list "$file" "\${file#"$base"}"; done`;
}

/** From the machine to the storage as it is read: nothing is kept on the host. */
async function upload(
  file: FoundFile,
  object: StoredObject,
  context: ActionContext,
): Promise<ActionFailure | undefined> {
  const { note, signal } = context;
  try {
    const stream = await context.machine.get(file.path);
    await context.downloads.s3.upload(object, { stream, size: file.size }, { note, signal });
    note(`s3://${object.bucket}/${object.key}: ${file.size} bytes`);
    return undefined;
  } catch (error) {
    return transferFailure(error);
  }
}
