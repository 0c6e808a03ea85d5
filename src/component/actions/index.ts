import type { Action } from '../types.ts';
import { appendFile } from './append-file.ts';
import { assert } from './assert.ts';
import { copyFile } from './copy-file.ts';
import { copyFolder } from './copy-folder.ts';
import { createFile } from './create-file.ts';
import { createFolder } from './create-folder.ts';
import { createSymlink } from './create-symlink.ts';
import { deleteFile } from './delete-file.ts';
import { deleteFolder } from './delete-folder.ts';
import { executeBash } from './execute-bash.ts';
import { executeBinary } from './execute-binary.ts';
import { executeDocument } from './execute-document.ts';
import { executePowerShell } from './execute-powershell.ts';
import { installMsi } from './install-msi.ts';
import { listFiles } from './list-files.ts';
import { moveFile } from './move-file.ts';
import { moveFolder } from './move-folder.ts';
import { readFile } from './read-file.ts';
import { reboot } from './reboot.ts';
import { s3Download } from './s3-download.ts';
import { s3Upload } from './s3-upload.ts';
import { setFileEncoding } from './set-file-encoding.ts';
import { setFileOwner } from './set-file-owner.ts';
import { setFilePermissions } from './set-file-permissions.ts';
import { setFolderOwner } from './set-folder-owner.ts';
import { setFolderPermissions } from './set-folder-permissions.ts';
import { setRegistry } from './set-registry.ts';
import { uninstallMsi } from './uninstall-msi.ts';
import { updateOs } from './update-os.ts';
import { webDownload } from './web-download.ts';

/** Every action that a step can name. */
export const actions: Readonly<Record<string, Action>> = {
  ExecuteBash: executeBash,
  ExecutePowerShell: executePowerShell,
  ExecuteBinary: executeBinary,
  ExecuteDocument: executeDocument,
  Assert: assert,
  CreateFile: createFile,
  AppendFile: appendFile,
  ReadFile: readFile,
  CopyFile: copyFile,
  MoveFile: moveFile,
  DeleteFile: deleteFile,
  ListFiles: listFiles,
  SetFileOwner: setFileOwner,
  SetFilePermissions: setFilePermissions,
  SetFileEncoding: setFileEncoding,
  CreateFolder: createFolder,
  CopyFolder: copyFolder,
  MoveFolder: moveFolder,
  DeleteFolder: deleteFolder,
  SetFolderOwner: setFolderOwner,
  SetFolderPermissions: setFolderPermissions,
  CreateSymlink: createSymlink,
  WebDownload: webDownload,
  S3Download: s3Download,
  S3Upload: s3Upload,
  UpdateOS: updateOs,
  Reboot: reboot,
  InstallMSI: installMsi,
  UninstallMSI: uninstallMsi,
  SetRegistry: setRegistry,
} as Record<string, Action>;

export function findAction(name: string): Action | undefined {
  return Object.hasOwn(actions, name) ? actions[name] : undefined;
}
