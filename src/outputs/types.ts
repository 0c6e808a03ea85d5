import type { z } from 'zod';
import type { DiskFormat, FinishedFile } from '../disks/formats/types.ts';
import type { Artifact } from '../model/artifact.ts';
import type { ContainerConfig } from '../model/buildspec.ts';
import type { Digest } from '../model/digest.ts';
import type { Firmware } from '../model/disk.ts';
import type { Tree } from '../model/tree.ts';
import type { BlobStore } from '../store/types.ts';
import type { TreeStore } from '../trees/types.ts';

/** A format made from a tree. */
export interface Output {
  readonly type: string;
  /** One line for the recipe reference. */
  readonly summary: string;
  /** Of the options beside `type` in the recipe, with defaults and descriptions. */
  readonly schema: z.ZodObject;
  /** Equal inputs give equal bytes. */
  make(
    input: OutputInput,
    options: Readonly<Record<string, unknown>>,
    context: OutputContext,
  ): Promise<Artifact>;
  /**
   * Set where the bytes are of the tree and the options alone, with nothing of the image's name, version or settings:
   * what the file is called. Such an artifact serves every version of the image.
   */
  readonly fileNameFor?: (
    input: Pick<OutputInput, 'name' | 'version'>,
    options: Readonly<Record<string, unknown>>,
  ) => string;
  /** Bytes that it takes on the host's disk in any case, of this tree or one with more layers on it. Nothing when absent. */
  readonly leastSpace?: (tree: Tree) => number;
  /** It is made of the disk that is made of the tree. */
  readonly disk?: boolean;
  /** QEMU can boot the artifact as it is; the artifact says how in `boot`. */
  readonly bootable?: boolean;
  /** Writes the artifact as a person wants to have it: a file or a folder at `path`, which does not exist yet. */
  export(artifact: Artifact, path: string, blobs: BlobStore): Promise<void>;
}

export interface OutputInput {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly architecture: string;
  readonly epoch: number;
  readonly tree: Tree;
  readonly config: ContainerConfig;
  /** The container image underneath, if there is one: as one would pull it, and its manifest's digest. */
  readonly base?: { readonly name: string; readonly digest: Digest };
}

export interface OutputContext {
  readonly trees: TreeStore;
  readonly blobs: BlobStore;
  readonly signal?: AbortSignal | undefined;
  readonly note: (line: string) => void;
  /** For outputs that are made of the disk of the tree. */
  readonly disk?: DiskSource;
}

export interface DiskSource {
  /** What it boots with. */
  readonly firmware: readonly Firmware[];
  /** Whether UEFI is to boot it with Secure Boot. */
  readonly secureBoot: boolean;
  /** The disk in a format; it is built once however many formats there are. */
  readonly made: (format: DiskFormat, options: Readonly<Record<string, unknown>>) => Promise<FinishedFile>;
}
