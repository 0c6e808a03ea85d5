import { randomUUID } from 'node:crypto';
import type { DocumentsRequest, RequestedDocument } from '../../build/run-documents.ts';
import type { DocumentResult } from '../../component/records.ts';
import { type RunSummary, runSummary } from '../../component/run-folder/summary.ts';
import type { NetworkMode } from '../../model/buildspec.ts';
import { exitCodes, GildError, toGildError } from '../../support/errors.ts';
import { findDocument } from '../find-document.ts';
import { marksFor } from '../paint.ts';
import { parameterArguments, splitList } from '../parameter-flags.ts';
import { createProgress } from '../progress/create.ts';
import { createExplainer, hooksOf } from '../progress/hooks.ts';
import { createRunView } from '../progress/run-view.ts';
import { type RunConfig, readRunConfig } from '../run-config.ts';
import type { Cli, ProgressMode } from '../types.ts';
import { formatSeconds } from '../units.ts';

export interface ComponentRunOptions {
  /** Paths, or names as recipes have them. */
  readonly documents: readonly string[];
  /** In place of `documents` and `parameters`. */
  readonly config: string | undefined;
  /** All of each document where this is empty. */
  readonly phases: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly executionId: string | undefined;
  /** A run folder is made in it. */
  readonly logDirectory: string | undefined;
  /** Without one, a Debian with what server images have. */
  readonly base: string | undefined;
  /** Beside what the base has. */
  readonly packages: readonly string[];
  readonly network: NetworkMode;
  readonly onError: DocumentsRequest['onError'];
  readonly progress: ProgressMode;
  /** Line by line, with all output. */
  readonly trace: boolean;
  readonly json: boolean;
  readonly folders: readonly string[];
}

/** Runs documents on a throw-away machine and shows it as it happens; a failed step is an answer here, not an error. */
export async function componentRun(options: ComponentRunOptions, cli: Cli): Promise<number> {
  const config = options.config === undefined ? undefined : await readRunConfig(options.config);
  const found = await findAll(options, config);
  const settings = merge(options, config, cli);
  const documents = found.map(({ document, parameters }) =>
    requested({ document, parameters }, settings.phases, options),
  );
  const [{ runDocuments }, { openRunFolder }] = await Promise.all([
    import('../../build/run-documents.ts'),
    import('../../build/run-folder.ts'),
  ]);
  const { executionId, logDirectory } = settings;
  const folder = logDirectory === undefined ? undefined : await openRunFolder(logDirectory, executionId);
  const progress = await createProgress(settings.progress);
  const view = createRunView();
  const explain = createExplainer(view, cli);
  const hooks = hooksOf({ cli, view, progress, explain, also: folder?.add });
  const close = async (results: readonly DocumentResult[], error?: GildError) => {
    progress.close();
    if (view.image === '') await folder?.discard();
    else
      await folder?.finish(
        results,
        found.map(({ document: { file }, text }) => ({ file, text })),
        error?.message,
      );
    if (error && view.image === '') throw error;
    if (view.failure) explain();
    if (settings.progress !== 'json') {
      printSummary(runSummary(executionId, results, folder?.path ?? '', error), view.seconds, options, cli);
    }
  };
  try {
    const { status, results } = await runDocuments({ ...settings, documents }, hooks);
    await close(results);
    return status === 'success' ? 0 : exitCodes.build;
  } catch (thrown) {
    const error = toGildError(thrown);
    await close([], error);
    return exitCodes[error.kind];
  }
}

const standardBase = 'debian:bookworm';

/** What scripts written for server images count on, and a minimal Debian lacks. */
const standardPackages = ['ca-certificates', 'curl', 'gnupg', 'procps', 'sudo', 'unzip', 'wget'];

interface Settings extends Omit<DocumentsRequest, 'documents'> {
  readonly logDirectory: string | undefined;
  readonly progress: ProgressMode;
}

function merge(options: ComponentRunOptions, config: RunConfig | undefined, cli: Cli): Settings {
  for (const key of config?.ignored ?? [])
    cli.note(`${options.config}: \`${key}\` has no meaning here and is ignored.`);
  const { base, packages, network, onError } = options;
  const trace = options.trace || config?.trace;
  return {
    base: base ?? standardBase,
    packages: base === undefined ? [...new Set([...standardPackages, ...packages])] : packages,
    network,
    onError,
    phases: options.phases.length > 0 ? options.phases : splitList(config?.phases ?? '', []),
    executionId: options.executionId ?? config?.executionId ?? randomUUID(),
    logDirectory: options.logDirectory ?? config?.logDirectory,
    progress: options.progress === 'auto' && trace ? 'plain' : options.progress,
  };
}

interface Found {
  readonly document: RequestedDocument['document'];
  readonly parameters: Readonly<Record<string, string>>;
  readonly text: string;
}

async function findAll(
  options: ComponentRunOptions,
  config: RunConfig | undefined,
): Promise<readonly Found[]> {
  const named = options.documents.map((path) => ({ path, parameters: options.parameters }));
  if (config && (named.length > 0 || Object.keys(options.parameters).length > 0)) {
    throw new GildError({
      code: 'USAGE',
      message: 'With --config, documents and parameters stand in it alone.',
    });
  }
  const wanted = config
    ? config.documents.map(({ path, parameters }) => ({
        path,
        parameters: { ...config.parameters, ...parameters },
      }))
    : named;
  if (wanted.length === 0) {
    throw new GildError({
      code: 'USAGE',
      message: 'No document is named.',
      hint: 'Name documents, or a --config.',
    });
  }
  const found: Found[] = [];
  for (const { path, parameters } of wanted) {
    const { document, written } = await findDocument(path, options.folders);
    found.push({ document, parameters, text: written?.text ?? '' });
  }
  return found;
}

function requested(
  { document, parameters }: Omit<Found, 'text'>,
  phases: readonly string[],
  options: ComponentRunOptions,
): RequestedDocument {
  const own = Object.entries(parameters).filter(([name]) =>
    document.parameters.some((known) => known.name === name),
  );
  const again = [
    'gild',
    'component',
    'run',
    document.file,
    ...(phases.length > 0 ? ['--phases', phases.join(',')] : []),
    ...parameterArguments(Object.fromEntries(own)),
    ...(options.base === undefined ? [] : ['--base', options.base]),
    ...(options.packages.length > 0 ? ['--with', options.packages.join(',')] : []),
    ...(options.network === 'on' ? [] : ['--network', options.network]),
  ];
  return { document, parameters, again };
}

/** One line of JSON, as AWS's executor prints it, unless a person reads it. */
function printSummary(summary: RunSummary, seconds: number, { json }: ComponentRunOptions, cli: Cli): void {
  if (json || !process.stdout.isTTY) return void cli.print(JSON.stringify(summary));
  const { status, executedStepCount, logUrl } = summary;
  if (status === 'success') {
    const ran = `${executedStepCount} ${executedStepCount === 1 ? 'step' : 'steps'} ran`;
    const mark = cli.paint('green', marksFor().success);
    cli.print(`${mark} ${cli.paint('bold', ran)}  ${cli.paint('dim', formatSeconds(seconds))}`);
  }
  if (logUrl !== '') cli.print(`  ${cli.paint('cyan', 'run folder')}   ${logUrl}`);
}
