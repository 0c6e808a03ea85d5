import { quote, quotePattern } from '../program.ts';
import { isEverything, type PackageManager } from './types.ts';

export const pacman: PackageManager = {
  name: 'pacman',
  families: ['arch', 'archlinux'],
  update: (what) => {
    const { names, patterns, exclude } = what;
    const ignore = exclude.map((name) => ` --ignore ${quote(name)}`).join('');
    const command = `--noconfirm --noprogressbar${ignore}`;
    if (isEverything(what)) return `pacman -Syu ${command}`;
    return [
      `pacman -Sy ${command}`,
      'set --',
      ...(patterns.length > 0
        ? [
            `for name in $(pacman -Qq); do
  case $name in ${patterns.map(quotePattern).join(' | ')}) set -- "$@" "$name" ;; esac
done`,
          ]
        : []),
      `set -- "$@" ${names.map(quote).join(' ')}`,
      `if [ $# -gt 0 ]; then pacman -S --needed ${command} "$@"; fi`,
    ].join('\n');
  },
};
