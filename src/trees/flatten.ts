import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { makeNamespaceFolder } from '../host/namespace-folder.ts';
import type { Host, Namespace } from '../host/types.ts';
import { createDisposer } from '../support/disposer.ts';
import { GildError } from '../support/errors.ts';
import type { RunOptions } from '../support/process.ts';
import type { TarSink } from '../support/tar/entry.ts';
import { createTarReader } from '../support/tar/reader.ts';
import { transformTar } from '../support/tar/transform.ts';
import { topmost } from '../support/topmost.ts';
import { contained, packArguments } from './gnu-tar.ts';
import { normalise, relativeToRoot } from './normalise.ts';
import type { EntryReading } from './types.ts';

/** Packs what overlayfs shows of `directories` (lowest first). */
export function flatten(host: Host, directories: readonly string[], signal?: AbortSignal): Readable {
  const out = new PassThrough({ highWaterMark: 1024 * 1024 });
  const readStdout = (stdout: Readable) => pipeline(transformTar(stdout, clean), out, { end: false });
  pack(host, directories, { streams: { readStdout }, signal }).then(
    () => out.end(),
    (error: Error) => out.destroy(error),
  );
  return out;
}

/** The same entries without a tar between: waits for `settled` after every piece. */
export async function readEntries(
  host: Host,
  directories: readonly string[],
  { sink, settled, signal }: EntryReading & { readonly sink: TarSink },
): Promise<void> {
  const reader = createTarReader(clean(sink));
  const takeStdout = async (bytes: Buffer) => {
    reader.push(bytes);
    await settled();
  };
  await pack(host, directories, { streams: { takeStdout }, signal });
  reader.end();
}

function clean(out: TarSink): TarSink {
  return relativeToRoot(normalise(out, Number.MAX_SAFE_INTEGER));
}

/** Lets `streams` have the tar that GNU tar makes of the merged directories. */
async function pack(
  host: Host,
  directories: readonly string[],
  {
    streams,
    signal,
  }: {
    readonly streams: Pick<RunOptions, 'readStdout' | 'takeStdout'>;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<void> {
  const disposer = createDisposer();
  try {
    const scratch = await host.scratch('flatten');
    disposer.add(() => scratch.release());
    const namespace = await host.namespace({ network: 'off', signal });
    disposer.add(() => namespace.close());
    const folder = await merged(host, namespace, directories, scratch.path);
    await contained(namespace, packArguments, {
      mounts: [{ source: folder, target: '/tree', readonly: true }],
      streams,
    });
  } finally {
    await disposer.dispose();
  }
}

/** Where the namespace sees all of `directories` as one; short names because mount options end at a page. */
async function merged(
  host: Host,
  namespace: Namespace,
  layers: readonly string[],
  scratch: string,
): Promise<string> {
  const directories = topmost(layers);
  const [only] = directories;
  if (only !== undefined && directories.length === 1) return only;
  const folder = await makeNamespaceFolder(host, join(scratch, 'merged'));
  if (directories.length === 0) return folder;
  await Promise.all(directories.map((directory, index) => symlink(directory, join(scratch, String(index)))));
  const lower = directories.map((_, index) => index).reverse();
  const argv = [
    'mount',
    '-t',
    'overlay',
    'overlay',
    '-o',
    `ro,userxattr,lowerdir=${lower.join(':')}`,
    folder,
  ];
  const said: Buffer[] = [];
  const { exitCode } = await namespace.exec(argv, { cwd: scratch, onStderr: (chunk) => said.push(chunk) });
  if (exitCode !== 0) {
    const message = `The layers could not be mounted together: ${Buffer.concat(said).toString().trim()}`;
    throw new GildError({ code: 'HOST_UNSUPPORTED', message });
  }
  return folder;
}
