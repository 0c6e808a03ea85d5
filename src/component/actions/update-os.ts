import { optionalTexts } from '../fields.ts';
import { packageManagers } from '../package-managers/index.ts';
import { type PackageManager, restartStatus, type Update } from '../package-managers/types.ts';
import { runPowerShell, windowsRebootStatus } from '../powershell.ts';
import type { Action, ActionContext, ActionResult } from '../types.ts';
import { windowsUpdateScript } from '../windows-update.ts';

const updateName = (value: string) =>
  /^[^\s-][^\n]*$/.test(value) ? undefined : 'the name of a package or an update';

const fields = {
  include: optionalTexts(
    'Packages to bring up to date, or to install; all that are installed by default. With `*`, only those that are installed. On Windows, numbers such as KB1234567 or names with `*`.',
    updateName,
  ),
  exclude: optionalTexts('What is left as it is; `*` matches anything.', updateName),
};

export const updateOs: Action<typeof fields> = {
  name: 'UpdateOS',
  summary:
    'Brings the system up to date, with apt, dnf, yum, zypper, apk or pacman, or from the update source of Windows; restarts it where that is needed.',
  shape: 'none',
  platforms: ['linux', 'windows'],
  fields,
  outputs: [],
  run: async ([item], context) => {
    const exclude = item?.exclude ?? [];
    const named = item?.include ?? [];
    const include = named.filter((name) => !exclude.some((pattern) => matches(name, pattern)));
    if (named.length > 0 && include.length === 0) {
      context.note('Everything that `include` names is in `exclude` too: nothing to do.');
      return { kind: 'done' };
    }
    if (context.machine.os === 'windows') return updateWindows(include, exclude, context);
    const wrong = [...include, ...exclude].find((name) => !packageName.test(name));
    if (wrong !== undefined) return { kind: 'failed', message: `\`${wrong}\` is not the name of a package` };
    return updateLinux(
      {
        names: include.filter((name) => !isPattern(name)),
        patterns: include.filter(isPattern),
        exclude,
      },
      context,
    );
  },
};

/** `lib*`; in `nginx=1.22.*` the name is no pattern, only the version is. */
function isPattern(name: string): boolean {
  return name.split('=')[0]?.includes('*') ?? false;
}

const packageName = /^[A-Za-z0-9*@_][A-Za-z0-9+.~:=*@_/-]*$/;

function matches(name: string, pattern: string): boolean {
  const expression = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${expression.join('.*')}$`).test(name);
}

async function updateWindows(
  include: readonly string[],
  exclude: readonly string[],
  context: ActionContext,
): Promise<ActionResult> {
  const script = windowsUpdateScript(include, exclude);
  const { exitCode, complaint } = await runPowerShell(context, script, ['UpdateOS', ...include]);
  if (exitCode === windowsRebootStatus) return { kind: 'reboot-and-repeat' };
  return exitCode === 0
    ? { kind: 'done' }
    : { kind: 'failed', message: complaint ?? `exit status ${exitCode}` };
}

async function updateLinux(update: Update, context: ActionContext): Promise<ActionResult> {
  const { machine } = context;
  const found = await context.execute({ argv: [...machine.toolbox, 'sh', '-c', detection], quiet: true });
  const manager = packageManagers.find(({ name }) => name === found.stdout.toString().trim());
  if (!manager) {
    return {
      kind: 'failed',
      message: 'The image has no package manager.',
      hint: `UpdateOS knows ${packageManagers.map(({ name }) => name).join(', ')}.`,
    };
  }
  // By the image's own shell: that of the toolbox would take its own `rpm` for the image's.
  const script = `set -e\n${manager.update(update)}\n${restartCheck}`;
  const { exitCode } = await context.execute({
    argv: ['sh', '-c', script],
    shown: { argv: ['sh'], script },
  });
  if (exitCode === restartStatus) {
    context.note('The update asks for a restart: the machine restarts.');
    await machine.reboot();
    return { kind: 'done' };
  }
  return exitCode === 0
    ? { kind: 'done' }
    : { kind: 'failed', message: `${manager.name}: exit status ${exitCode}` };
}

/** Prints the package manager of the system, or the first that there is. */
const detection = `first=
if [ -r /etc/os-release ]; then
  for id in $(. /etc/os-release; echo "\${ID:-} \${ID_LIKE:-}"); do
    case $id in
${packageManagers
  .filter(({ families }) => families.length > 0)
  .map(familyLine)
  .join('\n')}
    esac
  done
fi
for manager in $first ${packageManagers.map(({ name }) => name).join(' ')}; do
  if command -v "$manager" > /dev/null; then echo "$manager"; exit; fi
done`;

function familyLine({ name, families }: PackageManager): string {
  return `      ${families.join(' | ')}) first="$first ${name}" ;;`;
}

/** Where Debian's packages, and yum's tools, say that a restart is needed. */
const restartCheck = `if [ -e /run/reboot-required ]; then exit ${restartStatus}; fi
if command -v needs-restarting > /dev/null && ! needs-restarting -r > /dev/null 2>&1; then exit ${restartStatus}; fi`;
