import type { Readable } from 'node:stream';
import type { Condition } from '../model/component.ts';
import type { Failure } from '../model/events.ts';
import type { OperatingSystem } from '../model/operating-system.ts';
import type { Machine } from '../platforms/types.ts';
import type { ErrorCode } from '../support/errors.ts';
import type { Validators } from './download-cache.ts';
import type { Fields, Item } from './fields.ts';
import type { DocumentResult } from './records.ts';

/** One action module. A list of all is in `actions/index.ts`. */
export interface Action<F extends Fields = Fields> {
  readonly name: string;
  /** One line for the component reference. */
  readonly summary: string;
  /**
   * `map`: one operation; `list`: any number of them, run in order; `none`: `inputs` may be left out;
   * `condition`: `inputs` is an expression as in `if`, which becomes the field `condition`.
   */
  readonly shape: 'map' | 'list' | 'none' | 'condition';
  /** Machines that it can work on. */
  readonly platforms: readonly OperatingSystem[];
  readonly fields: F;
  /** Names that `{{ phase.step.outputs.<name> }}` can ask for. */
  readonly outputs: readonly string[];
  /** Set where a step cannot choose these: `timeoutSeconds` is -1, `maxAttempts` is 1. */
  readonly runsOnce?: true;
  /** What is wrong with an item although each field is right by itself; the field's name and what was expected. */
  check?(item: Item<F>): Complaint | undefined;
  /** `items` has exactly one element unless the shape is `list`. References are resolved, defaults filled in. */
  run(items: readonly Item<F>[], context: ActionContext): Promise<ActionResult>;
}

export interface Complaint {
  readonly field: string;
  readonly message: string;
  readonly hint?: string;
}

export type Outputs = Readonly<Record<string, string>>;

export type ActionResult =
  | { readonly kind: 'done'; readonly outputs?: readonly Outputs[] }
  /** The machine is to be restarted and the same step run again. */
  | { readonly kind: 'reboot-and-repeat' }
  | ActionFailure;

export interface ActionFailure {
  readonly kind: 'failed';
  readonly message: string;
  readonly code?: ErrorCode;
  readonly hint?: string;
  readonly outputs?: readonly Outputs[];
  /** What went wrong inside, for its command and last lines. */
  readonly inner?: Failure;
}

/** What an action may use. */
export interface ActionContext {
  readonly machine: Machine;
  readonly downloads: Downloads;
  readonly signal: AbortSignal;
  /** Runs a command in the machine; what it writes goes to the log of the step. Never returns after the timeout. */
  execute(command: ActionCommand): Promise<Execution>;
  /** A remark of Gild's own in the log. */
  note(line: string): void;
  /** Every file from outside, before it is used. Throws `DOWNLOAD_CHANGED` where it is not to be. */
  taken(file: TakenFile): void;
  /** Whether a condition, with its references resolved, holds in the machine. */
  holds(condition: Condition): Promise<boolean>;
  /** Runs another document in the same machine. A document that cannot be run ends the attempt. */
  runDocument(request: DocumentRequest): Promise<DocumentResult>;
}

export interface DocumentRequest {
  /** As `documents.ts` reads it. */
  readonly reference: string;
  /** All by default. */
  readonly phases: readonly string[] | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  /** Account that must own the bucket of an `s3://` reference. */
  readonly bucketOwner: string | undefined;
}

export interface ActionCommand {
  readonly argv: readonly string[];
  readonly stdin?: Uint8Array | Readable;
  /** For people, where `argv` is not what the author of the document wrote. */
  readonly shown?: { readonly argv: readonly string[]; readonly script?: string };
  /** Sees stderr first; what it returns goes to the log. */
  readonly filterStderr?: (chunk: Buffer) => Buffer;
  /** Keeps stdout out of the log. */
  readonly quiet?: boolean;
}

export interface Execution {
  readonly exitCode: number;
  /** Up to 1 MiB of it. */
  readonly stdout: Buffer;
  readonly truncated: boolean;
  /** Last line on stderr that is not blank. */
  readonly complaint: string | undefined;
}

/** A file that was fetched for a component. */
export interface TakenFile extends Pick<Downloaded, 'sha256' | 'size' | 'validators'> {
  readonly url: string;
  /** The document itself says what it must be. */
  readonly pinned: boolean;
}

/** What the host fetches, and sends, for components; `download.ts` makes one. */
export interface Downloads {
  /** Over http(s), guarded. Throws `DOWNLOAD_FAILED`, `DOWNLOAD_REFUSED`. The caller releases the file. */
  fetch(request: DownloadRequest): Promise<Downloaded>;
  /** What an address has now; `same` where the server says that it is what is known. Throws as `fetch`. */
  look(url: string, known: Validators, options: TransferOptions): Promise<Sighting | 'same'>;
  readonly s3: ObjectStorage;
}

/** Anything that speaks S3, with the settings and credentials of the host. All throw `S3_FAILED`. */
export interface ObjectStorage {
  /** The caller releases the file. */
  fetch(object: StoredObject, options: TransferOptions): Promise<Downloaded>;
  look(object: StoredObject, options: TransferOptions): Promise<Sighting>;
  /** Objects whose keys begin with that of `prefix`, in the order of their keys; no more than `most`. */
  list(
    prefix: StoredObject,
    most: number,
    options: TransferOptions,
  ): Promise<readonly { readonly key: string; readonly size: number }[]>;
  upload(object: StoredObject, body: UploadBody, options: TransferOptions): Promise<void>;
}

/** What a server says of content without sending it. */
export interface Sighting extends Validators {
  /** Bytes. */
  readonly size?: number | undefined;
}

export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  /** Account that must own the bucket. */
  readonly owner?: string | undefined;
}

export interface UploadBody {
  readonly stream: Readable;
  readonly size: number;
}

export interface TransferOptions {
  readonly note?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface DownloadRequest {
  readonly url: string;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
  readonly ignoreCertificateErrors?: boolean;
  readonly note?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

export type ChecksumAlgorithm = 'MD5' | 'SHA1' | 'SHA256' | 'SHA512';

export interface Downloaded {
  readonly path: string;
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
  /** After redirects. */
  readonly finalUrl: string;
  /** What the server said of it, for the next time it is asked. */
  readonly validators?: Validators;
  release(): Promise<void>;
}
