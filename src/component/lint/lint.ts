import type { SourcePosition } from '../../model/position.ts';
import { codeFrame } from '../../support/code-frame.ts';
import type { WrittenDocument } from '../document.ts';
import { findDisabled } from './disabled.ts';
import { lintRules } from './index.ts';
import { portability } from './portability.ts';
import type { ScriptReader } from './script-reader.ts';
import { syntaxRemarks, syntaxRule } from './shell-syntax.ts';
import { subjectOf } from './subject.ts';
import type { Fix, Remark, Subject } from './types.ts';

/** What a rule found in a document; the document works all the same. */
export interface Finding {
  readonly rule: string;
  readonly message: string;
  readonly hint?: string;
  readonly at: SourcePosition;
  readonly frame: string;
  readonly fix?: Fix;
}

export interface LintOptions {
  /** Lets bash itself look at the scripts, where the host has it; yes if left out. */
  readonly syntax?: boolean;
  /** Shared by many documents. */
  readonly reader?: ScriptReader | undefined;
  /** Also what would not work on AWS. */
  readonly portable?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Looks for what is allowed and still likely to be a mistake, in the order of the text. */
export async function lintDocument(
  written: WrittenDocument,
  options: LintOptions = {},
): Promise<readonly Finding[]> {
  const subject = subjectOf(written);
  const found: (Remark & { readonly rule: string })[] = [];
  for (const rule of options.portable ? [...lintRules, portability] : lintRules) {
    rule.check(subject, (remark) => found.push({ ...remark, rule: rule.name }));
  }
  if (options.syntax !== false) {
    for (const remark of await syntaxRemarks(subject, options)) found.push({ ...remark, rule: syntaxRule });
  }
  const isDisabled = findDisabled(subject);
  return found
    .filter(({ rule, at }) => !isDisabled(rule, at))
    .sort((a, b) => a.at - b.at)
    .map((remark) => findingOf(remark, subject));
}

function findingOf(remark: Remark & { readonly rule: string }, { source, text }: Subject): Finding {
  const { rule, message, hint, fix } = remark;
  const at = source.position(remark.at);
  return { rule, message, at, frame: codeFrame(text, at), ...(hint && { hint }), ...(fix && { fix }) };
}
