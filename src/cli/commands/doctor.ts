import { type FoundTool, findTools, purposesHere } from '../../host/tools.ts';
import type { InstallPlan } from '../../host/tools-install.ts';
import { exitCodes, type GildError, toGildError } from '../../support/errors.ts';
import { marksFor } from '../paint.ts';
import { formatTable } from '../table.ts';
import type { Cli } from '../types.ts';

export interface DoctorOptions {
  readonly install: boolean;
  readonly yes: boolean;
  readonly withTests: boolean;
  readonly json: boolean;
}

/** Says what this host has and lacks, and installs it if asked to; exits 3 if something is missing. */
export async function doctor(options: DoctorOptions, cli: Cli): Promise<number> {
  const purposes = purposesHere(options.withTests);
  let found = findTools(purposes);
  if (options.install) {
    const missing = found.filter(isMissing);
    if (missing.length > 0) {
      if (!(await install(missing, options, cli))) return exitCodes.world;
      found = findTools(purposes);
    }
    const lacking = found.filter(isMissing);
    if (!options.json && lacking.length === 0) {
      cli.print(`${cli.paint('green', marksFor().success)} All ${found.length} host tools are there.`);
      return 0;
    }
  }
  return await report(found, options, cli);
}

function isMissing(found: FoundTool): boolean {
  return found.path === undefined;
}

async function install(missing: readonly FoundTool[], options: DoctorOptions, cli: Cli): Promise<boolean> {
  const { installTools, planInstall } = await import('../../host/tools-install.ts');
  const plan = planInstall(missing.map(({ tool }) => tool));
  cli.note(
    `Missing on this host:\n\n${missingTable(missing, cli)}\n\nTo install with: ${cli.paint('bold', plan.command)}`,
  );
  if (!options.yes && cli.interactive && (await cli.ask('Install now?', ['yes', 'no'])) === 'no')
    return false;
  const { showInstall } = await import('../progress/install.ts');
  const display = showInstall(plan.packages);
  try {
    await installTools(plan, { signal: cli.signal, note: display.line, terminal: cli.interactive });
  } finally {
    display.close();
  }
  return true;
}

function missingTable(missing: readonly FoundTool[], cli: Cli): string {
  return formatTable(
    missing.map(({ tool, problem }) => [
      `  ${cli.paint('red', marksFor().failed)} ${tool.name}`,
      `needed to ${tool.why}${problem ? ` (${problem})` : ''}`,
    ]),
  );
}

async function report(found: readonly FoundTool[], options: DoctorOptions, cli: Cli): Promise<number> {
  const { packageVersions } = await import('../../host/tools-version.ts');
  const packages = new Set(found.flatMap(({ tool }) => tool.packages['apt-get'] ?? []));
  const [versions, host] = await Promise.all([packageVersions([...packages]), hostNotes()]);
  const missing = found.filter(isMissing);
  const works = missing.length === 0 && host.problem === undefined;
  if (options.json) {
    cli.print(JSON.stringify(asJson(found, versions, host), undefined, 2));
  } else {
    cli.print(toolTable(found, versions, cli));
    cli.print(
      ['', ...host.notes.map((note) => `  ${note}`), ...(host.notes.length > 0 ? [''] : [])].join('\n'),
    );
    await conclude(missing, host.problem, cli);
  }
  return works ? 0 : exitCodes.world;
}

interface HostNotes {
  readonly notes: readonly string[];
  readonly problem?: GildError;
}

/** What builds find here beside programs: tried, not guessed. */
async function hostNotes(): Promise<HostNotes> {
  try {
    const { createHost } = await import('../../host/host.ts');
    return { notes: (await createHost().facts()).notes };
  } catch (thrown) {
    return { notes: [], problem: toGildError(thrown) };
  }
}

function toolTable(found: readonly FoundTool[], versions: ReadonlyMap<string, string>, cli: Cli): string {
  const marks = marksFor();
  return formatTable(
    found.map(({ tool, path, problem }) => [
      path ? cli.paint('green', marks.success) : cli.paint('red', marks.failed),
      path ? (path.split('/').at(-1) ?? tool.name) : tool.name,
      path
        ? (versions.get(tool.packages['apt-get'] ?? '') ?? '')
        : cli.paint('red', problem ? 'unfit' : 'missing'),
      cli.paint('dim', `${tool.purpose}: ${tool.why}${problem ? `; ${problem}` : ''}`),
    ]),
  );
}

async function conclude(
  missing: readonly FoundTool[],
  problem: GildError | undefined,
  cli: Cli,
): Promise<void> {
  if (missing.length > 0) {
    const { planInstall } = await import('../../host/tools-install.ts');
    const plan: InstallPlan = planInstall(missing.map(({ tool }) => tool));
    cli.print(`Install what is missing with \`gild doctor --install\`, which runs: ${plan.command}`);
  } else if (problem) {
    const { errorText } = await import('../error-text.ts');
    cli.print(errorText(problem, cli.paint));
  } else {
    cli.print(`${cli.paint('green', marksFor().success)} This host can build images.`);
  }
}

function asJson(
  found: readonly FoundTool[],
  versions: ReadonlyMap<string, string>,
  host: HostNotes,
): unknown {
  return {
    tools: found.map(({ tool, path, problem }) => ({
      name: tool.name,
      purpose: tool.purpose,
      why: tool.why,
      path,
      version: path ? versions.get(tool.packages['apt-get'] ?? '') : undefined,
      problem: path ? undefined : (problem ?? 'missing'),
    })),
    notes: host.notes,
    problem: host.problem && {
      code: host.problem.code,
      message: host.problem.message,
      hint: host.problem.hint,
    },
  };
}
