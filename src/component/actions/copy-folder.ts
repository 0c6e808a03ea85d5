import { transferAction } from '../transfer.ts';

export const copyFolder = transferAction('CopyFolder', {
  summary: 'Copies a folder with all that is in it, into an existing one if there is one.',
  of: 'folder',
  carry: `case "$to/" in "$from"/*) fail "$to is inside $from" ;; esac
  mkdir -p "$to"; cp -a "$from/." "$to/"`,
});
