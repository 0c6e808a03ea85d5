import { dirname, join, posix } from 'node:path';
import type { Readable } from 'node:stream';
import type { Machine } from '../platforms/types.ts';
import { GildError } from '../support/errors.ts';
import { readBeginning } from '../support/files.ts';
import { type ParsedDocument, parseDocument } from './document.ts';
import { type ComponentFinder, readComponent } from './finder.ts';
import type { Downloaded, StoredObject, TakenFile } from './types.ts';
import { documentLimits } from './yaml.ts';

/** Finds the documents that ExecuteDocument names. Throws `COMPONENT_NOT_FOUND`, `COMPONENT_INVALID`. */
export interface DocumentSource {
  read(reference: string, asker: DocumentAsker): Promise<ParsedDocument>;
  /** Before there is a machine; undefined for what only a run can read. `file` is that of the document that asks. */
  readOnHost(reference: string, file: string): Promise<ParsedDocument> | undefined;
}

export interface DocumentAsker {
  /** Of the document that asks. */
  readonly file: string;
  readonly machine: Machine;
  readonly bucketOwner: string | undefined;
  /** Sees a document from outside before it is read. */
  readonly taken: (file: TakenFile) => void;
}

/** Fetches an object of S3. Throws `S3_FAILED`. */
export type FetchObject = (object: StoredObject) => Promise<Downloaded>;

/** What a reference means. `inMachine`: where an earlier step can have put the document. */
export type DocumentReference =
  | { readonly kind: 'component'; readonly name: string; readonly version: string }
  | { readonly kind: 'beside'; readonly path: string }
  | { readonly kind: 'inMachine'; readonly path: string }
  | { readonly kind: 'object'; readonly bucket: string; readonly key: string };

export function createDocumentSource(options: {
  readonly finder: ComponentFinder;
  readonly fetchObject?: FetchObject;
}): DocumentSource {
  const { finder, fetchObject } = options;
  const readOnHost: DocumentSource['readOnHost'] = (reference, file) => {
    const meant = documentReference(reference);
    if (meant.kind === 'component') return finder.find(meant.name, meant.version);
    if (meant.kind !== 'beside' || file.startsWith(inMachine)) return undefined;
    return readComponent(join(dirname(file), meant.path));
  };
  return {
    readOnHost,
    read: (reference, { file, machine, bucketOwner, taken }) => {
      const onHost = readOnHost(reference, file);
      if (onHost) return onHost;
      const meant = documentReference(reference);
      if (meant.kind === 'object') {
        if (!fetchObject) throw notFound(reference, 'there is no access to S3 here');
        const { bucket, key } = meant;
        return readObject(reference, taken, () => fetchObject({ bucket, key, owner: bucketOwner }));
      }
      const path = meant.kind === 'component' ? meant.name : meant.path;
      const base = path.startsWith('/') ? '/' : posix.dirname(file.slice(inMachine.length));
      return readInMachine(posix.join(base, path), machine);
    },
  };
}

export function documentReference(reference: string): DocumentReference {
  const [, name, version] = componentArn.exec(reference) ?? [];
  if (name && version) return { kind: 'component', name, version };
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(reference) ?? [];
  if (bucket && key) return { kind: 'object', bucket, key };
  if (reference.startsWith('/')) return { kind: 'inMachine', path: reference };
  if (reference.includes('/') || /\.(ya?ml|json)$/.test(reference))
    return { kind: 'beside', path: reference };
  const [, component = reference, wanted = 'latest'] = /^(.+)@(.+)$/.exec(reference) ?? [];
  return { kind: 'component', name: component, version: wanted };
}

/** Before the path, where a message names a document of the machine. */
const inMachine = 'machine:';

/** With a build number at its end or without; AWS's own text and examples differ on that. */
const componentArn = /^arn:[^:]*:imagebuilder:[^:]*:[^:]*:component\/([^/]+)\/([^/]+)(?:\/\d+)?$/;

async function readInMachine(path: string, machine: Machine): Promise<ParsedDocument> {
  try {
    const text = await beginningOf(await machine.get(path));
    return parseDocument(text, { file: `${inMachine}${path}`, name: stem(path) });
  } catch (error) {
    if (!(error instanceof GildError) || error.code !== 'FILE_NOT_FOUND') throw error;
    throw notFound(path, 'the machine has no such file');
  }
}

async function readObject(
  reference: string,
  taken: DocumentAsker['taken'],
  fetchObject: () => ReturnType<FetchObject>,
): Promise<ParsedDocument> {
  const file = await fetchObject();
  try {
    taken({ ...file, url: reference, pinned: false });
    const text = (await readBeginning(file.path, documentLimits.bytes + 1)).toString('utf8');
    return parseDocument(text, { file: reference, name: stem(reference) });
  } finally {
    await file.release();
  }
}

/** Enough of it that a document which is too large is refused as such. */
async function beginningOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > documentLimits.bytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function stem(path: string): string {
  return posix.basename(path).replace(/\.(ya?ml|json)$/, '');
}

function notFound(reference: string, why: string): GildError {
  return new GildError({
    code: 'COMPONENT_NOT_FOUND',
    message: `The document ${reference} cannot be read: ${why}.`,
  });
}
