import type { Redact } from '../support/redact.ts';

/** Longest line that is shown, in characters; what follows it up to the line's end is dropped. */
export const longestLine = 64 * 1024;

const cutMark = ' … [line cut]';

/** Bytes in pieces of any size -> whole lines of valid text, redacted. */
export interface LineStream {
  push(chunk: Buffer): string[];
  /** The last line, if no newline ended it. */
  end(): string[];
}

export function createLineStream(redact: Redact): LineStream {
  const decoder = new TextDecoder('utf-8');
  let pending = '';
  let overflowing = false;

  const take = (text: string): string[] => {
    const lines: string[] = [];
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      append(text.slice(from, end));
      lines.push(finishLine());
      from = end + 1;
    }
    append(text.slice(from));
    return lines;
  };
  const append = (text: string): void => {
    if (overflowing) return;
    pending += text;
    if (pending.length <= longestLine) return;
    pending = pending.slice(0, longestLine);
    overflowing = true;
  };
  const finishLine = (): string => {
    const cut = overflowing;
    const line = redact(pending.endsWith('\r') ? pending.slice(0, -1) : pending, { cut });
    pending = '';
    overflowing = false;
    return cut ? line + cutMark : line;
  };
  return {
    push: (chunk) => take(decoder.decode(chunk, { stream: true })),
    end: () => {
      const lines = take(decoder.decode());
      if (pending !== '' || overflowing) lines.push(finishLine());
      return lines;
    },
  };
}
