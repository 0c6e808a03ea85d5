/** Longest line that is shown, in characters; what follows it up to the line's end is dropped. */
export const longestLine = 64 * 1024;

/** Room for a secret that begins inside the part shown and ends behind it. */
const margin = 8 * 1024;

const cutMark = ' … [line cut]';

/** Bytes in pieces of any size -> whole lines of valid text, redacted. */
export interface LineStream {
  push(chunk: Buffer): string[];
  /** The last line, if no newline ended it. */
  end(): string[];
}

export function createLineStream(redact: (text: string) => string): LineStream {
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
    if (pending.length <= longestLine + margin) return;
    pending = pending.slice(0, longestLine + margin);
    overflowing = true;
  };
  const finishLine = (): string => {
    const line = redact(pending.endsWith('\r') ? pending.slice(0, -1) : pending);
    const cut = overflowing || line.length > longestLine;
    const kept = overflowing ? Math.min(longestLine, Math.max(0, line.length - margin)) : longestLine;
    pending = '';
    overflowing = false;
    return cut ? line.slice(0, kept) + cutMark : line;
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
