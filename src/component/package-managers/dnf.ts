import { quote } from '../program.ts';
import { isEverything, type PackageManager, type Update } from './types.ts';

export const dnf: PackageManager = {
  name: 'dnf',
  families: ['fedora', 'rhel', 'centos', 'amzn'],
  update: (what) => lines('dnf -y --refresh', '--setopt=install_weak_deps=False', what),
};

/** Where there is no dnf yet; it knows neither `--refresh` nor weak dependencies. */
export const yum: PackageManager = {
  name: 'yum',
  families: [],
  update: (what) => `yum -y clean expire-cache\n${lines('yum -y', '', what)}`,
};

/** `install` lets alone what is there in an older version, so that is updated by name. */
function lines(program: string, installing: string, what: Update): string {
  const { names, patterns, exclude } = what;
  const command = [program, ...exclude.map((name) => `--exclude=${quote(name)}`)].join(' ');
  if (isEverything(what)) return `${command} update`;
  return `set --
missing=
for name in ${names.map(quote).join(' ')}; do
  if rpm -q "$name" > /dev/null 2>&1; then set -- "$@" "$name"; else missing="$missing $name"; fi
done
set -- "$@" ${patterns.map(quote).join(' ')}
if [ $# -gt 0 ]; then ${command} update "$@"; fi
if [ -n "$missing" ]; then ${[command, installing].filter(Boolean).join(' ')} install $missing; fi`;
}
