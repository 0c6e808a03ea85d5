import { transferAction } from '../transfer.ts';

export const copyFile = transferAction('CopyFile', {
  summary: 'Copies files, with mode, owner and time stamp.',
  of: 'file',
  carry: 'cp -p "$from" "$to"',
});
