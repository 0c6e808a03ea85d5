import { availableParallelism } from 'node:os';
import type { WrittenDocument } from '../../component/document.ts';
import type { Finding } from '../../component/lint/lint.ts';
import { createScriptReader, type ScriptReader } from '../../component/lint/script-reader.ts';
import type { OperatingSystem } from '../../model/operating-system.ts';
import { exitCodes, GildError, toGildError } from '../../support/errors.ts';
import { inOrder } from '../../support/in-order.ts';
import { type Checked, reportChecked } from '../checked.ts';
import { documentsOf } from '../document-files.ts';
import type { Cli } from '../types.ts';

export interface ComponentValidateOptions {
  /** Documents, patterns with `*`, or folders as components are found in. */
  readonly files: readonly string[];
  readonly json: boolean;
  /** Systems of machines that the documents are to run on; `all` says which of them each document fits. */
  readonly os: OperatingSystem | 'all' | undefined;
  /** Whether it looks for likely mistakes too. */
  readonly lint: boolean;
  /** What AWS would not read is a problem. */
  readonly strict: boolean;
  /** Applies fixes after which the document means the same; with `unsafeFixes`, the others too. */
  readonly fix: boolean;
  readonly unsafeFixes: boolean;
  /** Warnings count as problems do. */
  readonly denyWarnings: boolean;
}

/** Checks documents and prints every problem of every one; exits 2 if there is any. */
export async function componentValidate(options: ComponentValidateOptions, cli: Cli): Promise<number> {
  if (options.files.length === 0) throw new GildError({ code: 'USAGE', message: 'No document is named.' });
  const files = (await Promise.all(options.files.map(documentsOf))).flat();
  const checked: Checked[] = [];
  const reader = createScriptReader(cli.signal);
  try {
    const jobs = inOrder(files, 2 * availableParallelism(), (file) =>
      check(file, { ...options, reader }, cli),
    );
    for await (const one of jobs) checked.push(one);
  } finally {
    await reader.close();
  }
  const exitCode = reportChecked(checked, { what: 'component', json: options.json }, cli);
  const warned = checked.some(({ warnings }) => warnings.length > 0);
  return options.denyWarnings && warned ? exitCodes.user : exitCode;
}

type CheckOptions = ComponentValidateOptions & { readonly reader: ScriptReader };

async function check(file: string, options: CheckOptions, cli: Cli): Promise<Checked> {
  const { readComponent } = await import('../../component/finder.ts');
  try {
    const { warnings, written } = await readComponent(file);
    const fit = written && options.os ? await fitOf(written, options.os) : undefined;
    if (!written || !(options.lint || options.strict || options.fix)) {
      return { file, problems: [], warnings, ...fit };
    }
    const findings = await lint(file, options, cli);
    const remarks = findings.map(asProblem);
    const isProblem = ({ code }: { code: string }) => code === 'portability';
    return {
      file,
      ...fit,
      problems: [...(fit?.problems ?? []), ...remarks.filter(isProblem)],
      warnings: [...warnings, ...(options.lint ? remarks.filter((remark) => !isProblem(remark)) : [])],
    };
  } catch (thrown) {
    const error = toGildError(thrown);
    if (error.kind !== 'user') throw error;
    return { file, problems: error.problems.length > 0 ? error.problems : [error], warnings: [] };
  }
}

type Fit = Pick<Checked, 'problems' | 'systems'>;

async function fitOf(written: WrittenDocument, os: OperatingSystem | 'all'): Promise<Fit> {
  const { operatingSystems, systemProblems } = await import('../../component/system-fit.ts');
  if (os !== 'all') return { problems: systemProblems(written, os) };
  const found = operatingSystems.map((system) => ({ system, problems: systemProblems(written, system) }));
  const systems = found.filter(({ problems }) => problems.length === 0).map(({ system }) => system);
  const fewest = found.toSorted((a, b) => a.problems.length - b.problems.length)[0];
  return { systems, problems: systems.length > 0 ? [] : (fewest?.problems ?? []) };
}

async function lint(file: string, options: CheckOptions, cli: Cli): Promise<readonly Finding[]> {
  const { lintFile } = await import('../../component/lint/lint-file.ts');
  const { findings, fixed } = await lintFile(file, {
    fix: options.fix ? (options.unsafeFixes ? 'all' : 'safe') : 'none',
    portable: options.strict,
    reader: options.reader,
    signal: cli.signal,
  });
  if (fixed.length > 0)
    cli.note(`${file}: ${fixed.length === 1 ? 'fixed' : `${fixed.length} fixes`}: ${titles(fixed)}`);
  return findings;
}

function titles(fixed: readonly string[]): string {
  return [...new Set(fixed)].join(', ');
}

function asProblem({ rule, message, hint, at, frame, fix }: Finding) {
  const canFix = fix && `\`--fix${fix.safe ? '' : ' --unsafe-fixes'}\` does it.`;
  return { code: rule, message, at, frame, hint: [hint, canFix].filter(Boolean).join(' ') || undefined, fix };
}
