import { stat } from 'node:fs/promises';
import { GildError } from '../../support/errors.ts';
import { writeAtomically } from '../../support/files.ts';
import { parseDocument, type WrittenDocument } from '../document.ts';
import { readComponent } from '../finder.ts';
import { applyFixes } from './apply-fixes.ts';
import { type Finding, type LintOptions, lintDocument } from './lint.ts';
import type { Fix } from './types.ts';

export interface FileLint {
  /** What is left. */
  readonly findings: readonly Finding[];
  /** Titles of the fixes that were applied. */
  readonly fixed: readonly string[];
}

/** One fix can make room for another; no real document needs more rounds. */
const mostRounds = 10;

/** Lints a valid document and writes it anew where it was asked to fix it. A fix that breaks it is not applied. */
export async function lintFile(
  file: string,
  options: LintOptions & { readonly fix: 'none' | 'safe' | 'all' },
): Promise<FileLint> {
  const { written } = await readComponent(file);
  if (!written) throw new GildError({ code: 'BUG', message: `${file} was read without its text.` });
  let current: WrittenDocument = written;
  let findings = await lintDocument(current, options);
  const fixed: string[] = [];
  for (let round = 0; round < mostRounds; round++) {
    const fixes = wanted(findings, options.fix);
    const next = fixes.length > 0 ? applyFixes(current.text, fixes) : undefined;
    const parsed = next && reread(next.text, file);
    if (!next || !parsed) break;
    fixed.push(...next.applied.map(({ title }) => title));
    current = parsed;
    findings = await lintDocument(current, options);
  }
  if (current.text !== written.text)
    await writeAtomically(file, current.text, (await stat(file)).mode & 0o777);
  return { findings, fixed };
}

function wanted(findings: readonly Finding[], which: 'none' | 'safe' | 'all'): readonly Fix[] {
  return findings.flatMap(({ fix }) =>
    fix && which !== 'none' && (fix.safe || which === 'all') ? [fix] : [],
  );
}

function reread(text: string, file: string): WrittenDocument | undefined {
  try {
    return parseDocument(text, { file }).written;
  } catch (error) {
    if (error instanceof GildError && error.code === 'COMPONENT_INVALID') return undefined;
    throw error;
  }
}
