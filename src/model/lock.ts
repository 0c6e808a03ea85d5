import type { ContainerConfig } from './buildspec.ts';
import type { ComponentDocument } from './component.ts';
import type { Digest } from './digest.ts';
import type { Package } from './image.ts';

/** Every outside fact that a plan stands on, pinned. */
export interface Lock {
  readonly base: LockedBase;
  /** In the order of the recipe. */
  readonly components: readonly LockedComponent[];
  /** In the order of the recipe. */
  readonly files: readonly LockedFile[];
}

export interface LockedBase {
  readonly kind: string;
  readonly reference: string;
  readonly digest: Digest;
  /** Seconds since 1970: when the base was published, from its own metadata. */
  readonly epoch: number;
  /** What the base needs to fetch exactly this: no credentials in it. */
  readonly pin: Readonly<Record<string, unknown>>;
  /** What the base image itself says of how to run it. */
  readonly config?: Partial<ContainerConfig>;
  /** Set when the base is another Gild image. */
  readonly parent?: { readonly name: string; readonly version: string; readonly build: number };
}

export interface LockedComponent {
  readonly name: string;
  readonly version: string;
  readonly digest: Digest;
  readonly document: ComponentDocument;
  /** A value for every parameter of the document. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Over what it takes from outside, as far as that is pinned: package lists, downloads. */
  readonly facts?: Digest;
  /** Documents that it runs, directly or through others. */
  readonly nested?: readonly ComponentDocument[];
  /** What makes two runs of it differ: `context:date`. */
  readonly varies?: readonly string[];
}

/** A file that a component fetched from outside. */
export interface LockedDownload {
  /** Its address without credentials; `***` stands in place of what may be secret. */
  readonly source: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** What the server called this content. */
  readonly etag?: string;
  /** In the words of the server. */
  readonly lastModified?: string;
  /** The component itself says what it must be. */
  readonly pinned?: true;
}

/** A package and its file, as a signed index of its archive names it. */
export interface LockedPackage extends Package, PackageFile {}

/** Where an archive has the file of a package. */
export interface PackageFile {
  /** Hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** Below the root of its archive: `pool/main/n/nginx/nginx_1.22.1-9_amd64.deb`. */
  readonly path: string;
}

/** Digest over the names, modes and bytes of what is copied in. */
export interface LockedFile {
  readonly digest: Digest;
  readonly entries: number;
  readonly bytes: number;
}
