import { absolutePath, endsInSeparator, flag, pathPattern, pathText } from './fields.ts';
import { globWords, quote, runProgram } from './program.ts';
import type { Action } from './types.ts';

const fields = {
  source: pathText('Path; `*` may stand in its last part.', pathPattern),
  destination: pathText(
    'Path; with a separator at its end, a folder into which the source goes by its own name.',
    absolutePath,
  ),
  overwrite: flag(true, 'Whether something that exists is replaced; if not, it is an error.'),
};

/** CopyFile, MoveFile, CopyFolder and MoveFolder: `carry` is the shell text that takes "$from" to "$to". */
export function transferAction(
  name: string,
  options: { readonly summary: string; readonly of: 'file' | 'folder'; readonly carry: string },
): Action<typeof fields> {
  const isOther = options.of === 'file' ? '[ -d "$from" ]' : '[ ! -d "$from" ]';
  const other = options.of === 'file' ? 'a folder' : 'not a folder';
  const blocked = options.of === 'file' ? '[ -d "$to" ]' : '[ -e "$to" ] && [ ! -d "$to" ]';
  return {
    name,
    summary: options.summary,
    shape: 'list',
    platforms: ['linux', 'macos', 'windows'],
    fields,
    outputs: [],
    check: (item) =>
      item.source.includes('*') && !endsInSeparator(item.destination)
        ? { field: 'destination', message: '`destination` must end with `/` where `source` has a `*`.' }
        : undefined,
    run: (items, context) => {
      const lines = items.map(({ source, destination, overwrite }) => {
        const into = destination.endsWith('/') ? `${quote(destination)}"\${from##*/}"` : quote(destination);
        return `found=
for from in ${globWords(source.replace(/(?<=.)\/+$/, ''))}; do
  is_entry "$from" || continue
  if ${isOther}; then ${source.includes('*') ? 'continue' : `fail "$from is ${other}"`}; fi
  to=${into}
  found=1
  if ${blocked}; then fail "$to is there and not a ${options.of}"; fi
  ${overwrite ? '' : 'keep "$to"'}
  parent "$to"
  ${options.carry}
done
if [ -z "$found" ]; then fail ${quote(`${source} does not exist`)}; fi`;
      });
      const shown = [name, ...items.flatMap((item) => [item.source, item.destination])];
      return runProgram(context, { text: lines.join('\n'), shown });
    },
  };
}
