import { quote } from '../program.ts';
import { isEverything, type PackageManager } from './types.ts';

/** Excluded packages are pinned away by a file on tmpfs, so that no hold stays behind in the image. */
export const apt: PackageManager = {
  name: 'apt-get',
  families: ['debian', 'ubuntu'],
  update: (what) => {
    const { names, patterns, exclude } = what;
    const pins = exclude.flatMap((name) => [`Package: ${name}`, 'Pin: release *', 'Pin-Priority: -1', '']);
    const options = [
      '-q -y -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold',
      ...(exclude.length > 0 ? ['-o Dir::Etc::Preferences=/run/gild-preferences'] : []),
    ].join(' ');
    return [
      'export DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true',
      'export APT_LISTCHANGES_FRONTEND=none NEEDRESTART_MODE=l',
      ...(exclude.length > 0
        ? [
            'cat /etc/apt/preferences > /run/gild-preferences 2> /dev/null || :',
            `printf '%s\\n' '' ${pins.map(quote).join(' ')} >> /run/gild-preferences`,
          ]
        : []),
      'apt-get update -q -o Acquire::Languages=none',
      ...(isEverything(what) ? [`apt-get ${options} upgrade --with-new-pkgs`] : []),
      ...(names.length > 0
        ? [`apt-get ${options} install --no-install-recommends ${names.map(quote).join(' ')}`]
        : []),
      ...(patterns.length > 0
        ? [`apt-get ${options} install --only-upgrade ${patterns.map(quote).join(' ')}`]
        : []),
    ].join('\n');
  },
};
