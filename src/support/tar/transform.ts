import type { TarSink } from './entry.ts';
import { createTarReader, type TarReaderOptions } from './reader.ts';
import { createTarWriter } from './writer.ts';

/** Reads a tar, lets `through` (a sink that writes to the one it is given) change it, and yields the new tar. */
export async function* transformTar(
  source: AsyncIterable<Buffer> | Iterable<Buffer>,
  through: (out: TarSink) => TarSink,
  options: TarReaderOptions = {},
): AsyncGenerator<Buffer> {
  const writer = createTarWriter();
  const reader = createTarReader(through(writer), options);
  for await (const chunk of source) {
    reader.push(chunk);
    for (const ready of writer.take()) yield ready;
  }
  reader.end();
  for (const ready of writer.take()) yield ready;
}
