import { transferAction } from '../transfer.ts';

export const moveFile = transferAction('MoveFile', {
  summary: 'Moves or renames files.',
  of: 'file',
  carry: 'mv -f "$from" "$to"',
});
