import { fetchSource, transferFailure } from '../fetch-source.ts';
import { endsInSeparator, flag, type Item, optionalText, pathText, text } from '../fields.ts';
import { placeFile } from '../place-file.ts';
import { quote } from '../program.ts';
import { accountId, parseS3Url } from '../s3-url.ts';
import type { Action, ActionContext, ActionFailure, StoredObject } from '../types.ts';

const fields = {
  source: text(
    'An object, `s3://bucket/key`; or all below a prefix, `s3://bucket/prefix/*`, up to 1,000.',
    (url) =>
      sourceOf(url) ? undefined : 'an address like `s3://bucket/key`, with `*` only as `/*` at its end',
  ),
  destination: pathText('Path of the file, or of the folder for a prefix; the folder must exist.'),
  expectedBucketOwner: optionalText('Account that must own the bucket.', accountId),
  overwrite: flag(true, 'Whether files that exist are replaced; if not, they are an error.'),
};

type Download = Item<typeof fields>;

export const s3Download: Action<typeof fields> = {
  name: 'S3Download',
  summary:
    'Fetches objects from S3, or anything that speaks it, on the host, and puts them into the machine.',
  shape: 'list',
  platforms: ['linux', 'macos', 'windows'],
  fields,
  outputs: [],
  check: ({ source, destination }) =>
    !source.endsWith('/*') && endsInSeparator(destination)
      ? {
          field: 'destination',
          message: '`destination` must name a file where `source` is one object.',
          hint: 'Add the name of the file.',
        }
      : undefined,
  run: async (items, context) => {
    for (const item of items) {
      const failure = await download(item, context);
      if (failure) return failure;
    }
    return { kind: 'done' };
  },
};

function sourceOf(url: string): StoredObject | undefined {
  const object = parseS3Url(url);
  const inner = url.endsWith('/*') ? url.slice(0, -1) : url;
  return object && object.key !== '' && !inner.includes('*') ? object : undefined;
}

async function download(item: Download, context: ActionContext): Promise<ActionFailure | undefined> {
  const object = sourceOf(item.source);
  if (!object) return { kind: 'failed', message: `${item.source} is no address of an object` };
  if (!item.source.endsWith('/*')) return fetchInto(item.source, item.destination, item, context);
  const prefix = object.key.slice(0, -1);
  const keys = await keysBelow({ ...object, key: prefix, owner: item.expectedBucketOwner }, context);
  if ('kind' in keys) return keys;
  if (keys.length === 0) return { kind: 'failed', message: `There is no object below ${item.source}` };
  const folder = item.destination.replace(/\/+$/, '');
  const missing = await refuseMissingFolder(folder, context);
  if (missing) return missing;
  for (const key of keys) {
    const name = key.slice(prefix.length);
    if (name === '') continue;
    if (name.split('/').some((part) => part === '..' || part === '.') || name.includes('\0')) {
      return { kind: 'failed', message: `The key ${JSON.stringify(key)} leads out of the folder` };
    }
    const failure = name.endsWith('/')
      ? await makeFolder(`${folder}/${name}`, context)
      : await fetchInto(`s3://${object.bucket}/${key}`, `${folder}/${name}`, item, context, true);
    if (failure) return failure;
  }
  return undefined;
}

/** Of the language. */
const mostObjects = 1000;

async function keysBelow(
  prefix: StoredObject,
  context: ActionContext,
): Promise<readonly string[] | ActionFailure> {
  const { note, signal } = context;
  try {
    const found = await context.downloads.s3.list(prefix, mostObjects, { note, signal });
    if (found.length === mostObjects) note(`Only the first ${mostObjects} objects are fetched.`);
    return found.map(({ key }) => key);
  } catch (error) {
    return transferFailure(error);
  }
}

async function fetchInto(
  url: string,
  to: string,
  item: Download,
  context: ActionContext,
  makeFolders = false,
): Promise<ActionFailure | undefined> {
  if (!item.overwrite) {
    const there = await sh(context, `[ ! -e ${quote(to)} ] && [ ! -L ${quote(to)} ]`);
    if (there !== 0) {
      const message = `${to}: the file already exists and \`overwrite\` is false, so it is not downloaded`;
      return { kind: 'failed', message };
    }
  }
  const file = await fetchSource({ url, owner: item.expectedBucketOwner }, context);
  if ('kind' in file) return file;
  try {
    return await placeFile(file.path, to, context, { action: 'S3Download', makeFolders });
  } finally {
    await file.release();
  }
}

async function refuseMissingFolder(path: string, context: ActionContext): Promise<ActionFailure | undefined> {
  if ((await sh(context, `[ -d ${quote(`${path}/`)} ]`)) === 0) return undefined;
  return { kind: 'failed', message: `The folder ${path} does not exist`, hint: 'Make it with CreateFolder.' };
}

async function makeFolder(path: string, context: ActionContext): Promise<ActionFailure | undefined> {
  if ((await sh(context, `mkdir -p ${quote(path)}`)) === 0) return undefined;
  return { kind: 'failed', message: `The folder ${path} cannot be made` };
}

async function sh(context: ActionContext, script: string): Promise<number> {
  const argv = [...context.machine.toolbox, 'sh', '-c', script];
  return (await context.execute({ argv, quiet: true, shown: { argv: ['sh'], script } })).exitCode;
}
