import { GildError } from '../../support/errors.ts';
import { outbound, readLimited } from '../../support/outbound.ts';
import { isPassing } from '../../support/registry/session.ts';
import { withRetries } from '../../support/retry.ts';

export interface DownloadOptions {
  /** Bytes. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

/** The whole content, undefined if the server does not have it. Throws `BASE_UNREACHABLE`, `DOWNLOAD_REFUSED`. */
export async function download(url: string, { limit, signal }: DownloadOptions): Promise<Buffer | undefined> {
  const attempt = async () => {
    const { status, headers, body } = await outbound(url, { reach: 'any', signal });
    if (status === 404 || status === 410) {
      body.on('error', () => undefined).destroy();
      return undefined;
    }
    if (status !== 200) {
      body.on('error', () => undefined).destroy();
      const code = status >= 500 || status === 429 ? 'DOWNLOAD_FAILED' : 'BASE_UNREACHABLE';
      throw new GildError({ code, message: `${url} answered ${status}.` });
    }
    const bytes = await readLimited(body, limit, url);
    const expected = Number(headers['content-length'] ?? bytes.length);
    if (bytes.length !== expected)
      throw new GildError({ code: 'DOWNLOAD_FAILED', message: `${url} was cut off.` });
    return bytes;
  };
  try {
    return await withRetries(attempt, { isWorthRetrying: isPassing, attempts: 4, signal });
  } catch (error) {
    if (!isPassing(error)) throw error;
    throw new GildError({
      code: 'BASE_UNREACHABLE',
      message: (error as Error).message,
      hint: 'Check the network, or name another mirror with GILD_DEBIAN_MIRROR.',
      cause: error,
    });
  }
}
