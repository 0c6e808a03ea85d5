import { transferAction } from '../transfer.ts';

/** What is in the way is put aside until the move is done, so that one that fails loses nothing. */
export const moveFolder = transferAction('MoveFolder', {
  summary: 'Moves or renames a folder; one that is in the way is replaced.',
  of: 'folder',
  carry: `to=\${to%/}
  case "$from/" in "$to"/*) fail "$from is inside $to" ;; esac
  case "$to/" in "$from"/*) fail "$to is inside $from" ;; esac
  aside=
  if [ -e "$to" ]; then aside="$to.gild-$$"; mv "$to" "$aside"; fi
  if ! mv "$from" "$to"; then if [ -n "$aside" ]; then mv "$aside" "$to"; fi; exit 1; fi
  if [ -n "$aside" ]; then rm -rf "$aside"; fi`,
});
