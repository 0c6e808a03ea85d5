import type { Namespace } from '../host/types.ts';
import type { TarSink } from '../support/tar/entry.ts';
import { createTarReader } from '../support/tar/reader.ts';
import { contained } from '../trees/gnu-tar.ts';

/** Reads files of a folder that a machine may have written anything into; `names` have no slash in them. */
export async function readTar(
  namespace: Namespace,
  { folder, names }: { readonly folder: string; readonly names: readonly string[] },
  sink: Omit<TarSink, 'end'>,
): Promise<void> {
  if (names.length === 0) return;
  const reader = createTarReader({ ...sink, end: () => undefined });
  const argv = ['tar', '--create', '--file=-', '--directory=/tree', '--no-recursion', '--', ...names];
  const readStdout = async (stdout: AsyncIterable<Buffer>) => {
    for await (const chunk of stdout) reader.push(chunk);
    reader.end();
  };
  const mounts = [{ source: folder, target: '/tree', readonly: true }];
  await contained(namespace, argv, { mounts, streams: { readStdout } });
}
