const evenSize = 128 * 1024;

/**
 * The same bytes in chunks of 128 KiB: what zstd writes depends on how its input is cut, and a pipe cuts as it
 * pleases.
 */
export function evenChunks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  return chunksOf(evenSize, source);
}

/** The same bytes in chunks of `size`, the last of which may be shorter. */
export async function* chunksOf(size: number, source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let chunk = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  for await (const bytes of source) {
    for (let from = 0; from < bytes.length; ) {
      const end = Math.min(bytes.length, from + size - filled);
      chunk.set(bytes.subarray(from, end), filled);
      filled += end - from;
      from = end;
      if (filled < size) continue;
      yield chunk;
      chunk = Buffer.allocUnsafeSlow(size);
      filled = 0;
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}
