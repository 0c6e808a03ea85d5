import { randomUUID } from 'node:crypto';
import { link, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../support/canonical.ts';
import { createFormatFile } from './format-file.ts';
import type { DiskFormat, FinishedFile, FormatSource, Options } from './types.ts';

/** What all formats of one disk have in common. */
export interface FormatsOf extends Omit<FormatSource, 'made'> {
  /** Where the files go; whoever made it removes it. */
  readonly folder: string;
}

export interface MadeFormats {
  /**
   * The disk in this format: made on the first call, and once for equal options. Any number may be made at once. Each
   * call gives a name of its own to the file, which the caller may move away.
   */
  made(format: DiskFormat, options: Options): Promise<FinishedFile>;
}

export function createFormats({ folder, ...facts }: FormatsOf): MadeFormats {
  const files = new Map<string, Promise<FinishedFile>>();
  const source: FormatSource = { ...facts, made: shared };

  async function made(format: DiskFormat, options: Options): Promise<FinishedFile> {
    const file = await shared(format, options);
    const path = newPath(format);
    await link(file.path, path);
    return { ...file, path };
  }

  function shared(format: DiskFormat, options: Options): Promise<FinishedFile> {
    const key = canonicalJson([format.name, format.schema.parse(options)]);
    const known = files.get(key);
    if (known) return known;
    const file = make(format, options);
    files.set(key, file);
    return file;
  }

  function newPath(format: DiskFormat): string {
    return join(folder, `${format.name}.${randomUUID()}`);
  }

  async function make(format: DiskFormat, options: Options): Promise<FinishedFile> {
    source.signal?.throwIfAborted();
    const path = newPath(format);
    const file = await createFormatFile(path, source.signal);
    try {
      await format.write(source, options, file);
      return await file.finish();
    } catch (error) {
      await file.abandon();
      await rm(path, { force: true });
      throw error;
    }
  }

  return { made };
}
