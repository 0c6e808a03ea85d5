import { optionalTexts } from '../fields.ts';
import { quote } from '../program.ts';
import type { Action } from '../types.ts';

const packageName = (value: string) =>
  /^[A-Za-z0-9*][A-Za-z0-9+.~:=*_-]*$/.test(value) ? undefined : 'the name of a package';

const fields = {
  include: optionalTexts(
    'Packages to bring up to date, or to install; all that are installed by default.',
    packageName,
  ),
  exclude: optionalTexts('Packages to leave as they are.', packageName),
};

export const updateOs: Action<typeof fields> = {
  name: 'UpdateOS',
  summary: 'Brings packages up to date, with apt.',
  shape: 'none',
  platforms: ['linux', 'windows'],
  fields,
  outputs: [],
  run: async ([item], context) => {
    const exclude = item?.exclude ?? [];
    const named = item?.include ?? [];
    const include = named.filter((name) => !exclude.includes(name));
    if (named.length > 0 && include.length === 0) {
      context.note('Everything that `include` names is in `exclude` too: nothing to do.');
      return { kind: 'done' };
    }
    const { toolbox } = context.machine;
    const script = updateScript(include, exclude);
    const { exitCode, complaint } = await context.execute({
      argv: [...toolbox, 'sh', '-c', script],
      shown: { argv: ['sh'], script },
    });
    if (exitCode === 0) return { kind: 'done' };
    if (exitCode !== noApt) return { kind: 'failed', message: `apt-get: exit status ${exitCode}` };
    return {
      kind: 'failed',
      message: complaint ?? 'The image has no apt-get.',
      hint: 'UpdateOS works with apt only so far; run the package manager of the image in an ExecuteBash step.',
    };
  },
};

const noApt = 120;

/** Excluded packages are pinned away by a file on tmpfs, so that no hold stays behind in the image. */
function updateScript(include: readonly string[], exclude: readonly string[]): string {
  const options = '-y -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold';
  const pins = exclude.flatMap((name) => [`Package: ${name}`, 'Pin: release *', 'Pin-Priority: -1', '']);
  const pinned = exclude.length > 0 ? '-o Dir::Etc::Preferences=/run/gild-preferences' : '';
  const work =
    include.length > 0
      ? `install --no-install-recommends ${include.map(quote).join(' ')}`
      : 'upgrade --with-new-pkgs';
  return `if ! command -v apt-get > /dev/null; then
  for other in dnf yum zypper apk pacman; do
    if command -v "$other" > /dev/null; then echo "The image has no apt-get but $other." >&2; exit ${noApt}; fi
  done
  echo 'The image has no package manager.' >&2; exit ${noApt}
fi
export DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true APT_LISTCHANGES_FRONTEND=none NEEDRESTART_MODE=l
set -e
${
  exclude.length > 0
    ? `cat /etc/apt/preferences > /run/gild-preferences 2> /dev/null || :
printf '%s\\n' '' ${pins.map(quote).join(' ')} >> /run/gild-preferences`
    : ''
}
apt-get update -q -o Acquire::Languages=none
apt-get -q ${options} ${pinned} ${work}`;
}
