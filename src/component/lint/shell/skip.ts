/** Text of shell within a word: of `$(...)`, `<(...)` and backquotes. */
export interface ShellPart {
  readonly start: number;
  readonly end: number;
}

export interface Heredoc {
  readonly end: string;
  readonly indented: boolean;
}

/** `{{ phase.step.outputs.stdout }}` is one piece of a word, whatever is in it. */
const reference = /\{\{[^{}\n]*\}\}/y;

/** Where the word that begins at `at` ends, and what of it is shell text of its own. */
export function skipWord(
  text: string,
  at: number,
): { readonly end: number; readonly parts: readonly ShellPart[] } {
  const parts: ShellPart[] = [];
  while (at < text.length) {
    reference.lastIndex = at;
    const found = reference.exec(text);
    const character = text[at] ?? '';
    if (found) at += found[0].length;
    else if (/[\s;|&]/.test(character)) break;
    else if (/[<>]/.test(character)) {
      if (text[at + 1] !== '(') break;
      at = nested(text, at + 2, parts);
    } else if (character === '(' && /[@?*+!=]/.test(text[at - 1] ?? '')) at = closing(text, at + 1);
    else if (character === '(' || character === ')') break;
    else at = skipPiece(text, at, parts);
  }
  return { end: Math.min(at, text.length), parts };
}

/** Passes over the bodies of here-documents that begin at `at`. */
export function skipHeredocs(text: string, at: number, heredocs: readonly Heredoc[]): number {
  for (const { end, indented } of heredocs) {
    while (at < text.length) {
      const newline = text.indexOf('\n', at);
      const line = text.slice(at, newline < 0 ? text.length : newline).replace(/\r$/, '');
      at = newline < 0 ? text.length : newline + 1;
      if ((indented ? line.replace(/^\t+/, '') : line) === end) break;
    }
  }
  return at;
}

function skipPiece(text: string, at: number, parts: ShellPart[]): number {
  switch (text[at]) {
    case '\\':
      return at + 2;
    case "'": {
      const end = text.indexOf("'", at + 1);
      return end < 0 ? text.length : end + 1;
    }
    case '"':
      return doubleQuoted(text, at + 1, parts);
    case '`': {
      const end = text.indexOf('`', at + 1);
      parts.push({ start: at + 1, end: end < 0 ? text.length : end });
      return end < 0 ? text.length : end + 1;
    }
    case '$':
      return dollar(text, at, parts);
    default:
      return at + 1;
  }
}

function doubleQuoted(text: string, at: number, parts: ShellPart[]): number {
  while (at < text.length && text[at] !== '"') {
    const isPiece = text[at] === '\\' || text[at] === '`' || text[at] === '$';
    at = isPiece ? skipPiece(text, at, parts) : at + 1;
  }
  return at + 1;
}

function dollar(text: string, at: number, parts: ShellPart[]): number {
  if (text.startsWith('$((', at)) {
    const end = text.indexOf('))', at);
    return end < 0 ? text.length : end + 2;
  }
  if (text.startsWith('$(', at)) return nested(text, at + 2, parts);
  if (text.startsWith('${', at)) {
    const end = text.indexOf('}', at);
    return end < 0 ? text.length : end + 1;
  }
  if (text.startsWith("$'", at)) {
    const end = /(?:\\[\s\S]|[^'\\])*'/y;
    end.lastIndex = at + 2;
    return at + 2 + (end.exec(text)?.[0].length ?? text.length);
  }
  return at + 1;
}

function nested(text: string, start: number, parts: ShellPart[]): number {
  const end = closing(text, start);
  parts.push({ start, end: Math.min(end - 1, text.length) });
  return end;
}

/** Behind the parenthesis that closes what is open at `at`. */
function closing(text: string, at: number): number {
  const ignored: ShellPart[] = [];
  for (let depth = 1; at < text.length; ) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    at = /[()]/.test(text[at] ?? '') ? at + 1 : skipPiece(text, at, ignored);
    if (depth === 0) return at;
  }
  return text.length;
}
