import { type Heredoc, skipHeredocs, skipWord } from './skip.ts';
import type { Redirection, Separator, ShellCommand, ShellWord } from './types.ts';

/**
 * The simple commands of a script, in order. Lenient: it never fails, and what is no shell text gives commands that no
 * rule cares for. Only `bash -n` says whether a script is right.
 */
export function lexShell(text: string): readonly ShellCommand[] {
  return lexPart(text, { offset: 0, depth: 0, within: undefined });
}

interface Place {
  readonly offset: number;
  readonly depth: number;
  readonly within: number | undefined;
}

interface Draft {
  words: ShellWord[];
  redirections: Redirection[];
  nested: ShellCommand[];
  tested: boolean;
}

const opening = new Set(['if', 'while', 'until', 'for', 'select', 'case', '{']);
const closing = new Set(['fi', 'done', 'esac', '}']);
const conditions = new Set(['if', 'elif', 'while', 'until']);
const passing = new Set(['then', 'do', 'else', 'elif', 'time']);

function lexPart(text: string, place: Place): ShellCommand[] {
  const commands: ShellCommand[] = [];
  const heredocs: Heredoc[] = [];
  const cases: number[] = [];
  let depth = place.depth;
  let at = 0;
  let before: Separator = '';
  let inCondition = false;
  let draft = newDraft();

  while (at < text.length) {
    const rest = text.slice(at, at + 3);
    const character = rest[0] ?? '';
    if (character === ' ' || character === '\t' || character === '\r') at += 1;
    else if (rest.startsWith('\\\n')) at += 2;
    else if (character === '#') at = lineEnd(text, at);
    else if (character === '\n') {
      finish(';');
      at = skipHeredocs(text, at + 1, heredocs.splice(0));
    } else if (rest.startsWith(';;')) {
      finish('');
      at += /^;;&/.test(rest) ? 3 : 2;
    } else if (rest.startsWith('&&') || rest.startsWith('||')) {
      finish(rest.slice(0, 2) as Separator);
      at += 2;
    } else if (character === '&' && rest[1] !== '>') {
      finish('&');
      at += 1;
    } else if (character === '|') {
      finish('|');
      at += rest[1] === '&' ? 2 : 1;
    } else if (character === ';') {
      finish(';');
      at += 1;
    } else if (rest.startsWith('((') && draft.words.length === 0) {
      const end = text.indexOf('))', at);
      at = end < 0 ? text.length : end + 2;
      draft.words.push({ text: '((', start: place.offset + at, end: place.offset + at });
    } else if (character === '(') openParenthesis();
    else if (character === ')') closeParenthesis();
    else if (/^([<>]|&>)/.test(rest) && !/^[<>]\(/.test(rest)) redirect();
    else word();
  }
  finish('');
  return commands.sort((a, b) => a.start - b.start);

  /** `name ()` begins a function, anything else a subshell. */
  function openParenthesis(): void {
    const close = /^\(\s*\)/.exec(text.slice(at, at + 20));
    if (close && draft.words.length === 1) {
      draft = newDraft();
      before = '';
      at += close[0].length;
      return;
    }
    finish('');
    depth += 1;
    at += 1;
  }

  /** After a pattern of `case` nothing ends. */
  function closeParenthesis(): void {
    at += 1;
    if (cases.at(-1) === depth) {
      draft = newDraft();
      before = '';
      return;
    }
    finish('');
    depth = Math.max(place.depth, depth - 1);
  }

  function redirect(): void {
    const last = draft.words.at(-1);
    if (last && last.end === place.offset + at && /^\d+$/.test(last.text)) draft.words.pop();
    const operator = /^(&>>|&>|<<<|<<-|<<|<>|<&|>>|>&|>\||<|>)/.exec(text.slice(at, at + 3))?.[0] ?? '<';
    at += operator.length;
    while (text[at] === ' ' || text[at] === '\t') at += 1;
    const { end, parts } = skipWord(text, at);
    nest(parts);
    const target =
      end > at ? { text: text.slice(at, end), start: place.offset + at, end: place.offset + end } : undefined;
    if (target && (operator === '<<' || operator === '<<-')) {
      heredocs.push({ end: target.text.replaceAll(/['"\\]/g, ''), indented: operator === '<<-' });
    }
    draft.redirections.push({ operator, target });
    at = Math.max(end, at);
  }

  function word(): void {
    const start = at;
    const { end, parts } = skipWord(text, at);
    at = Math.max(end, at + 1);
    const written = text.slice(start, at);
    if (draft.words.length === 0 && reserved(written)) return;
    draft.words.push({ text: written, start: place.offset + start, end: place.offset + at });
    nest(parts);
    if (written === '[[' && draft.words.length === 1) {
      const close = /\]\](?=\s|;|&|\||$)/.exec(text.slice(at));
      const inside = at;
      at = close ? at + close.index + 2 : lineEnd(text, at);
      draft.words.push({
        text: text.slice(inside, at),
        start: place.offset + inside,
        end: place.offset + at,
      });
    }
    if (written === 'in' && draft.words[0]?.text === 'case') {
      finish('');
      cases.push(depth);
    }
  }

  function reserved(written: string): boolean {
    if (written === '!') draft.tested = true;
    if (closing.has(written)) {
      if (written === 'esac') cases.pop();
      depth = Math.max(place.depth, depth - 1);
    }
    if (opening.has(written)) depth += 1;
    if (written === 'then' || written === 'do') inCondition = false;
    if (conditions.has(written)) inCondition = true;
    if (written === 'case' || written === 'for' || written === 'select' || written === 'function')
      return false;
    return written === '!' || closing.has(written) || opening.has(written) || passing.has(written);
  }

  function nest(parts: readonly { readonly start: number; readonly end: number }[]): void {
    for (const part of parts) {
      const within = draft.words[0]?.start ?? place.offset + at;
      draft.nested.push(
        ...lexPart(text.slice(part.start, part.end), {
          offset: place.offset + part.start,
          depth: depth + 1,
          within,
        }),
      );
    }
  }

  function finish(after: Separator): void {
    const [first] = draft.words;
    const last = draft.words.at(-1);
    if (first && last) {
      const { words, redirections } = draft;
      const end = Math.max(last.end, redirections.at(-1)?.target?.end ?? 0);
      const tested = draft.tested || inCondition;
      commands.push({
        words,
        start: first.start,
        end,
        before,
        after,
        depth,
        tested,
        within: place.within,
        redirections,
      });
    }
    commands.push(...draft.nested);
    if (first || after === '' || before === '') before = after;
    draft = newDraft();
  }
}

function newDraft(): Draft {
  return { words: [], redirections: [], nested: [], tested: false };
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}
