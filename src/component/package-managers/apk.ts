import { quote, quotePattern } from '../program.ts';
import { isEverything, type PackageManager } from './types.ts';

/** apk excludes nothing by itself, so what can be upgraded is listed, and the rest of the list is upgraded by name. */
export const apk: PackageManager = {
  name: 'apk',
  families: ['alpine'],
  update: (what) => {
    const { names, patterns, exclude } = what;
    const chosen = patterns.length > 0 ? patterns : ['*'];
    const choose = isEverything(what) || patterns.length > 0;
    return [
      'apk update',
      ...(isEverything(what) && exclude.length === 0 ? ['apk upgrade'] : []),
      ...(choose && !(isEverything(what) && exclude.length === 0)
        ? [
            `set --
for line in $(apk list --upgradable | sed 's/ .*//'); do
  name=\${line%-*-*}
  case $name in ${exclude.length > 0 ? `${exclude.map(quotePattern).join(' | ')}) ;;\n    ` : ''}${chosen
    .map(quotePattern)
    .join(' | ')}) set -- "$@" "$name" ;; esac
done
if [ $# -gt 0 ]; then apk upgrade "$@"; fi`,
          ]
        : []),
      ...(names.length > 0 ? [`apk add --upgrade ${names.map(quote).join(' ')}`] : []),
    ].join('\n');
  },
};
