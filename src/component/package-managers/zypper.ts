import { quote } from '../program.ts';
import { isEverything, type PackageManager, restartStatus } from './types.ts';

/**
 * zypper excludes by locks, which it keeps in a file: the file is put back afterwards. 102 asks for a restart, 103 to
 * be run again, as zypper itself was updated; 106 says that a repository was skipped.
 */
export const zypper: PackageManager = {
  name: 'zypper',
  families: ['suse', 'opensuse', 'sles'],
  update: (what) => {
    const { names, patterns, exclude } = what;
    const install = 'install --no-recommends --auto-agree-with-licenses';
    const update = 'update --no-recommends --auto-agree-with-licenses';
    return [
      'restart=',
      `run() {
  status=0
  zypper --non-interactive "$@" || status=$?
  case $status in
    0 | 106) ;;
    102) restart=1 ;;
    103) run "$@" ;;
    *) exit "$status" ;;
  esac
}`,
      ...(exclude.length > 0
        ? [
            `locks=/etc/zypp/locks
if [ -e "$locks" ]; then cp -p "$locks" /run/gild-locks; fi
trap 'if [ -e /run/gild-locks ]; then cp -p /run/gild-locks "$locks"; else rm -f "$locks"; fi' EXIT
run addlock ${exclude.map(quote).join(' ')}`,
          ]
        : []),
      'run refresh',
      ...(isEverything(what) ? [`run ${update}`] : []),
      ...(names.length > 0 ? [`run ${install} ${names.map(quote).join(' ')}`] : []),
      ...(patterns.length > 0 ? [`run ${update} ${patterns.map(quote).join(' ')}`] : []),
      `if [ -n "$restart" ]; then exit ${restartStatus}; fi`,
    ].join('\n');
  },
};
