import { transferAction } from '../transfer.ts';

export const moveFolder = transferAction('MoveFolder', {
  summary: 'Moves or renames a folder; one that is in the way is replaced.',
  of: 'folder',
  carry: 'case "$from/" in "$to"/*) fail "$from is inside $to";; esac; rm -rf "$to"; mv "$from" "$to"',
});
