import { GildError } from '../support/errors.ts';
import { parseS3Url } from './s3-url.ts';
import type {
  ActionContext,
  ActionFailure,
  ChecksumAlgorithm,
  Downloaded,
  DownloadRequest,
} from './types.ts';

/** Fetches from http(s) or s3 on the host; what goes wrong with it is a failure of the step. */
export async function fetchSource(
  request: Pick<DownloadRequest, 'url' | 'checksum' | 'ignoreCertificateErrors'> & {
    readonly owner?: string | undefined;
  },
  context: ActionContext,
): Promise<Downloaded | ActionFailure> {
  const { downloads, note, signal } = context;
  const { owner, ...rest } = request;
  const object = parseS3Url(request.url);
  try {
    const file = object
      ? await downloads.s3.fetch({ ...object, owner }, { note, signal })
      : await downloads.fetch({ ...rest, note, signal });
    note(`${request.url}: ${file.size} bytes, sha256:${file.sha256}`);
    return await admitted(file, request, context);
  } catch (error) {
    return transferFailure(error);
  }
}

/** Releases a file that is not to be used. */
async function admitted(
  file: Downloaded,
  { url, checksum }: Pick<DownloadRequest, 'url' | 'checksum'>,
  { taken }: Pick<ActionContext, 'taken'>,
): Promise<Downloaded> {
  try {
    taken({ ...file, url, pinned: checksum !== undefined && strong.includes(checksum.algorithm) });
    return file;
  } catch (error) {
    await file.release();
    throw error;
  }
}

/** Nobody can make another file of the same checksum. */
const strong: readonly ChecksumAlgorithm[] = ['SHA256', 'SHA512'];

/** Throws again what is no failure of a transfer. */
export function transferFailure(error: unknown): ActionFailure {
  const isOurs = error instanceof GildError && /^(DOWNLOAD|S3)_/.test(error.code);
  if (!isOurs) throw error;
  const { code, message, hint } = error;
  return { kind: 'failed', code, message, ...(hint && { hint }) };
}
