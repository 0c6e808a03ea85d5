import { GildError } from '../support/errors.ts';
import { hostPath, type RunOptions, runProcess } from '../support/process.ts';
import { findProgram } from './tools.ts';
import type { HostTool, PackageManager } from './tools-table.ts';

export interface InstallOptions {
  readonly signal: AbortSignal;
  /** Lines of the package manager, as they come. */
  readonly note: (line: string) => void;
  /** A person sits there who can type a password. */
  readonly terminal: boolean;
}

/** How the missing tools would be installed here. */
export interface InstallPlan {
  readonly manager: PackageManager;
  readonly packages: readonly string[];
  /** For people to read, or to run themselves. */
  readonly command: string;
}

/** Throws `HOST_TOOL_MISSING` with the names of the tools where no package manager is known to have them. */
export function planInstall(missing: readonly HostTool[], manager = findManager()): InstallPlan {
  const without = manager ? missing.filter((tool) => tool.packages[manager] === undefined) : missing;
  if (!manager || without.length > 0) {
    const names = without.map((tool) =>
      tool.instead ? [tool.name, ...tool.instead].join(' or ') : tool.name,
    );
    throw new GildError({
      code: 'HOST_TOOL_MISSING',
      message: `Gild does not know which packages have ${names.join(', ')} on this system.`,
      hint: 'Install them by hand, then run `gild doctor` again.',
    });
  }
  const packages = [...new Set(missing.map((tool) => tool.packages[manager] ?? tool.name))];
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  return {
    manager,
    packages,
    command: `${sudo}${[manager, ...installArguments[manager], ...packages].join(' ')}`,
  };
}

/** Installs with the system's package manager, as root or through sudo. Throws `HOST_TOOL_MISSING` if that fails. */
export async function installTools(plan: InstallPlan, options: InstallOptions): Promise<void> {
  const prefix = await becomeRoot(plan, options);
  const run = (argv: readonly string[]) => runManager([...prefix, ...argv], options);
  const install = () => run([plan.manager, ...installArguments[plan.manager], ...plan.packages]);
  const refresh = refreshArguments[plan.manager];
  let exitCode = 1;
  if (!refresh || (await knowsPackages(plan, options))) exitCode = await install();
  if (exitCode !== 0 && refresh) {
    await run([plan.manager, ...refresh]);
    exitCode = await install();
  }
  if (exitCode === 0) return;
  throw new GildError({
    code: 'HOST_TOOL_MISSING',
    message: `\`${plan.command}\` exited ${exitCode}.`,
    hint: 'Its own message above says why. Install the packages by hand, then run `gild doctor` again.',
  });
}

function findManager(): PackageManager | undefined {
  const managers = Object.keys(installArguments) as PackageManager[];
  return managers.find((manager) => findProgram(manager) !== undefined);
}

const installArguments: Readonly<Record<PackageManager, readonly string[]>> = {
  'apt-get': ['install', '--yes', '--no-install-recommends'],
  dnf: ['install', '--assumeyes', '--setopt=install_weak_deps=False'],
  zypper: ['--non-interactive', 'install', '--no-recommends'],
  apk: ['add'],
  pacman: ['-S', '--noconfirm', '--needed'],
};

const refreshArguments: Readonly<Partial<Record<PackageManager, readonly string[]>>> = {
  'apt-get': ['update'],
  apk: ['update'],
  pacman: ['-Sy'],
};

/** A fresh container has no package lists; elsewhere those of yesterday will do. */
async function knowsPackages(plan: InstallPlan, options: InstallOptions): Promise<boolean> {
  if (plan.manager !== 'apt-get') return true;
  const said: Buffer[] = [];
  const onStdout = (chunk: Buffer) => void said.push(chunk);
  await runProcess(['apt-cache', 'policy', ...plan.packages], { signal: options.signal, onStdout });
  const candidates =
    Buffer.concat(said)
      .toString()
      .match(/^ +Candidate: (?!\(none\))/gm) ?? [];
  return candidates.length === plan.packages.length;
}

/** The argument array before a program that must run as root. */
async function becomeRoot(
  plan: InstallPlan,
  { signal, terminal }: InstallOptions,
): Promise<readonly string[]> {
  if (process.getuid?.() === 0) return [];
  if (findProgram('sudo')) {
    if ((await runProcess(['sudo', '-n', 'true'], { signal })).exitCode === 0) return ['sudo', '-n'];
    if (terminal && (await runProcess(['sudo', '-v'], { signal, terminal })).exitCode === 0)
      return ['sudo', '-n'];
  }
  throw new GildError({
    code: 'HOST_TOOL_MISSING',
    message:
      'Packages can only be installed by root, and sudo does not let this user do it without a password.',
    hint: `Run \`${plan.command}\` as root.`,
  });
}

async function runManager(argv: readonly string[], options: InstallOptions): Promise<number> {
  const onLines = lineByLine(options.note);
  const run: RunOptions = {
    env: { PATH: `${process.env.PATH ?? ''}:${hostPath}`, ...quietApt },
    signal: options.signal,
    onStdout: onLines,
    onStderr: onLines,
  };
  const { exitCode } = await runProcess(
    argv[0] === 'sudo' ? ['sudo', '-n', 'env', ...assignments, ...argv.slice(2)] : argv,
    run,
  );
  return exitCode;
}

const quietApt = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l' } as const;

/** sudo passes no environment on. */
const assignments = Object.entries(quietApt).map(([name, value]) => `${name}=${value}`);

function lineByLine(note: (line: string) => void): (chunk: Buffer) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(note);
  };
}
