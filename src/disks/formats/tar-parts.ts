import { createReadStream } from 'node:fs';
import { tarEnd, tarHeader, tarPadding } from '../../support/tar/plain-file.ts';
import type { FinishedFile, FormatFile, FormatSource } from './types.ts';

const readSize = 1024 * 1024;

export interface TarPart {
  readonly name: string;
  readonly content: Buffer | FinishedFile;
}

/** A whole ustar of plain files, in this order. */
export async function appendTar(
  parts: readonly TarPart[],
  { epoch, signal }: Pick<FormatSource, 'epoch' | 'signal'>,
  file: FormatFile,
): Promise<void> {
  for (const { name, content } of parts) {
    const size = Buffer.isBuffer(content) ? content.length : content.size;
    await file.append(tarHeader({ name, size, mtime: epoch }));
    if (Buffer.isBuffer(content)) await file.append(content);
    else await appendFile(content, file, signal);
    await file.append(tarPadding(size));
  }
  await file.append(tarEnd);
}

async function appendFile(
  { path, size }: FinishedFile,
  file: FormatFile,
  signal: AbortSignal | undefined,
): Promise<void> {
  const start = file.size;
  for await (const chunk of createReadStream(path, { highWaterMark: readSize, signal }))
    await file.append(chunk);
  if (file.size !== start + size)
    throw new Error(`${path} has ${file.size - start} bytes instead of ${size}`);
}
