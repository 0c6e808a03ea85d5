import { publicSource } from './public-source.ts';
import type { StepRun } from './step-run.ts';
import type { ActionContext } from './types.ts';

/** Tells whoever watches of a file, without the secrets that the document knows. */
export function takenBy({ options, redact }: Pick<StepRun, 'options' | 'redact'>): ActionContext['taken'] {
  return ({ url, sha256, size, validators = {}, pinned }) => {
    const { etag, lastModified } = validators;
    options.onDownload?.({
      source: publicSource(url, redact),
      digest: `sha256:${sha256}`,
      size,
      ...(etag !== undefined && { etag }),
      ...(lastModified !== undefined && { lastModified }),
      ...(pinned && { pinned }),
    });
  };
}
