import { exitCodes, GildError, toGildError } from '../../support/errors.ts';
import { inOrder } from '../../support/in-order.ts';
import { errorText } from '../error-text.ts';
import { createPaint, marksFor } from '../paint.ts';
import { createSideBySide } from '../progress/side-by-side.ts';
import { headline } from '../progress/summary.ts';
import type { Cli } from '../types.ts';
import { type BuildCommandOptions, build, keepWithinLimits } from './build.ts';

export interface BuildSeveralOptions {
  readonly builds: readonly BuildCommandOptions[];
  /** At most so many at the same time. */
  readonly jobs: number;
}

/** Builds all of them, also where one fails; what several need is made once. The exit code is that of the first failure. */
export async function buildSeveral({ builds, jobs }: BuildSeveralOptions, cli: Cli): Promise<number> {
  for (const options of builds) refuseWhatNeedsOne(options);
  const width = Math.max(...builds.map(({ recipe }) => recipe.length));
  const codes: number[] = [];
  const one = (options: BuildCommandOptions) => buildOne(options, options.recipe.padEnd(width), cli);
  for await (const code of inOrder(builds, jobs, one)) codes.push(code);
  const [first] = builds;
  if (first) await keepWithinLimits(first, cli);
  return codes.find((code) => code !== 0) ?? 0;
}

async function buildOne(options: BuildCommandOptions, label: string, cli: Cli): Promise<number> {
  const { signal, paint } = cli;
  signal.throwIfAborted();
  try {
    return await build(options, cli, {
      progress: createSideBySide(options.progress, label, cli.interactive),
      summarise: (summary) => (options.progress === 'json' ? [] : [headline(summary, paint, marksFor())]),
    });
  } catch (thrown) {
    signal.throwIfAborted();
    const error = toGildError(thrown);
    cli.note(['', errorText(error, createPaint(process.stderr)), ''].join('\n'));
    return exitCodes[error.kind];
  }
}

/** A person looks at one machine at a time, and a file has room for one report. */
function refuseWhatNeedsOne({ onError, debug, junit, report }: BuildCommandOptions): void {
  const asking = onError === 'ask' || onError === 'shell';
  const flag =
    (debug && '--debug') ||
    (asking && `--on-error=${onError}`) ||
    (junit !== undefined && '--junit') ||
    (report !== undefined && '--report');
  if (!flag) return;
  throw new GildError({
    code: 'USAGE',
    message: `\`${flag}\` is for one recipe at a time.`,
    hint: 'Build that recipe alone.',
  });
}
