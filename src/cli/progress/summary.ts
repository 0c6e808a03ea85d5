import type { Artifact, Verdict } from '../../model/artifact.ts';
import type { Image } from '../../model/image.ts';
import type { Marks } from '../paint.ts';
import { formatTable } from '../table.ts';
import type { Paint } from '../types.ts';
import { formatBytes, formatSeconds, shortDigest } from '../units.ts';
import { cleanLine } from './clean-line.ts';
import type { Reuse } from './run-view.ts';
import { bootUsage, usageOf } from './usage.ts';

export interface Summary {
  readonly image: Image;
  readonly artifacts: readonly Artifact[];
  readonly verdicts: readonly Verdict[];
  readonly status: 'success' | 'tests-failed';
  readonly seconds: number;
  readonly runId: string;
  readonly reuse?: Readonly<Reuse>;
  /** Artifact type -> path, of those that were exported. */
  readonly exported: ReadonlyMap<string, string>;
}

/** What was made, where it is, and how to run it. */
export function summaryLines(summary: Summary, paint: Paint, marks: Marks): readonly string[] {
  return [
    headline(summary, paint, marks),
    '',
    ...verdictLines(summary.verdicts, paint, marks),
    ...artifactLines(summary, paint),
    ...nextMoves(summary, paint),
  ];
}

/** The image and how it went, in a line. */
export function headline(summary: Summary, paint: Paint, marks: Marks): string {
  const name = imageName(summary.image);
  const tests = countTests(summary.verdicts);
  const facts = [formatSeconds(summary.seconds), tests, countReuse(summary.reuse)];
  const remarks = paint('dim', facts.filter((fact) => fact !== '').join(', '));
  if (summary.status === 'success') {
    return `${paint('green', marks.success)} ${paint('bold', `${name} is ready`)}  ${remarks}`;
  }
  return `${paint('red', marks.failed)} ${paint('bold', `${name} failed its tests and is not published`)}  ${remarks}`;
}

function countTests(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return '';
  const passed = verdicts.filter((verdict) => verdict.status === 'passed').length;
  return passed === verdicts.length
    ? `${passed} ${passed === 1 ? 'test' : 'tests'} passed`
    : `${passed} of ${verdicts.length} tests passed`;
}

function countReuse(reuse: Summary['reuse']): string {
  if (!reuse || reuse.reused === 0) return '';
  const saved = reuse.savedSeconds >= 1 ? ` (saved ${formatSeconds(reuse.savedSeconds)})` : '';
  return `${reuse.reused} of ${reuse.steps} steps reused${saved}`;
}

function verdictLines(verdicts: readonly Verdict[], paint: Paint, marks: Marks): readonly string[] {
  const bad = verdicts.filter((verdict) => verdict.status !== 'passed');
  if (bad.length === 0) return [];
  return [...bad.flatMap((verdict) => verdictBlock(verdict, paint, marks)), ''];
}

function verdictBlock(verdict: Verdict, paint: Paint, marks: Marks): readonly string[] {
  const mark = verdict.status === 'blocked' ? paint('yellow', marks.ignored) : paint('red', marks.failed);
  const output = (verdict.output ?? '').split('\n').filter((line) => line !== '');
  return [
    `  ${mark} ${cleanLine(verdict.name)} (${verdict.type}, ${verdict.status}): ${cleanLine(verdict.message)}`,
    ...output.slice(-5).map((line) => `      ${paint('dim', `${marks.bar} ${cleanLine(line)}`)}`),
    ...(verdict.screenshot ? [`      display ${verdict.screenshot}`] : []),
  ];
}

function artifactLines({ artifacts, exported }: Summary, paint: Paint): readonly string[] {
  if (artifacts.length === 0) return [];
  const rows = artifacts.map((artifact) => [
    `  ${artifact.type}`,
    formatBytes(artifact.size),
    shortDigest(artifact.digest),
    exported.get(artifact.type) ?? paint('dim', 'in the store'),
  ]);
  return [formatTable(rows), ''];
}

function nextMoves(summary: Summary, paint: Paint): readonly string[] {
  const name = imageName(summary.image);
  const rows = [['look', `gild inspect ${name}`]];
  if (summary.status === 'tests-failed') rows.push(['log', `gild logs ${summary.runId}`]);
  else if (summary.exported.size === 0) rows.push(['export', `gild export ${name} --to .`]);
  for (const artifact of summary.artifacts) {
    const path = summary.exported.get(artifact.type) ?? `./${artifact.fileName}`;
    const usage = usageOf(artifact.type, path, summary.image);
    if (usage && summary.status === 'success') rows.push([`run ${artifact.type}`, usage]);
  }
  const bootable = summary.artifacts.some(({ boot }) => boot);
  if (bootable && summary.status === 'success') rows.push(['boot', bootUsage(name, summary.image)]);
  const width = Math.max(...rows.map(([label]) => label?.length ?? 0));
  return rows.map(([label = '', text = '']) => `  ${paint('cyan', label.padEnd(width))}  ${text}`);
}

function imageName(image: Image): string {
  return `${image.name}@${image.version}/${image.build}`;
}
