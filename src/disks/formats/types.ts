import type { z } from 'zod';
import type { Digest } from '../../model/digest.ts';
import type { DiskImage } from '../types.ts';

/** A file that holds a disk as some hypervisor or cloud wants it. */
export interface DiskFormat {
  readonly name: string;
  /** One line for the recipe reference. */
  readonly summary: string;
  readonly mediaType: string;
  /** Every option with its default and description. */
  readonly schema: z.ZodObject;
  /** Of the file's name, without a dot. */
  extension(options: Options): string;
  /** Appends the whole file. Equal sources and options give equal bytes. Throws `DISK_TOO_LARGE`, and the abort reason. */
  write(source: FormatSource, options: Options, file: FormatFile): Promise<void>;
}

/** As the recipe has them; each format parses them with its schema. */
export type Options = Readonly<Record<string, unknown>>;

export interface FormatSource {
  readonly disk: DiskImage;
  /** All identifiers in the file are derived from it: equal for equal disks. */
  readonly seed: string;
  /** Base of file names within the file: `web-server-1.0.0`. */
  readonly stem: string;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** As Debian says it: `amd64`. */
  readonly architecture: string;
  /** Seconds since 1970. */
  readonly epoch: number;
  readonly signal?: AbortSignal | undefined;
  /** Another format of the same disk, made once however many ask for it. */
  made(format: DiskFormat, options: Options): Promise<FinishedFile>;
}

export interface FinishedFile {
  readonly path: string;
  readonly size: number;
  readonly digest: Digest;
}

/** A file that grows at its end. What it gets may be used for something else once its promise is settled. */
export interface FormatFile {
  /** Bytes so far: where the next ones go. */
  readonly size: number;
  /** Returns where they start. */
  append(bytes: Buffer): Promise<number>;
  /** Zeros that take no space on file systems with holes. */
  skip(length: number): Promise<void>;
  /** Room for what is known only later; zeros until it is filled. Returns where it starts. */
  reserve(length: number): Promise<number>;
  /** Within what was reserved. */
  fill(offset: number, bytes: Buffer): Promise<void>;
}
