/**
 * A stack of layers' folders with each only where it is highest: what lies there again hides the lower one wholly, and
 * overlayfs takes no folder twice.
 */
export function topmost(folders: readonly string[]): string[] {
  return folders.filter((folder, index) => folders.lastIndexOf(folder) === index);
}
