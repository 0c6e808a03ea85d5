import { transferAction } from '../transfer.ts';

export const copyFolder = transferAction('CopyFolder', {
  summary: 'Copies a folder with all that is in it, into an existing one if there is one.',
  of: 'folder',
  carry: 'mkdir -p "$to"; cp -a "$from/." "$to/"',
});
