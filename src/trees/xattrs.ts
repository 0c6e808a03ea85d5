import { type EntryType, noXattrs } from '../support/tar/entry.ts';

const capability = 'security.capability';

/**
 * The extended attributes that belong into an image: file capabilities (as version 2, without the id of
 * the user namespace that set them), `user.*` and access lists. Not those by which overlayfs keeps its books.
 */
export function imageXattrs(
  type: EntryType,
  xattrs: ReadonlyMap<string, Buffer>,
): ReadonlyMap<string, Buffer> {
  if (xattrs.size === 0 || (type !== 'file' && type !== 'directory')) return noXattrs;
  const kept = new Map<string, Buffer>();
  for (const [name, value] of xattrs) {
    if (name === capability) {
      const normal = type === 'file' ? capabilityVersion2(value) : undefined;
      if (normal !== undefined) kept.set(name, normal);
    } else if (isKept(name)) kept.set(name, value);
  }
  return kept;
}

function isKept(name: string): boolean {
  if (name.startsWith('user.'))
    return name.length > 5 && name.length < 256 && !name.startsWith('user.overlay.') && !/[=\0]/.test(name);
  return name === 'system.posix_acl_access' || name === 'system.posix_acl_default';
}

/** Versions as in linux/capability.h; 3 is 2 with a root id behind it. */
function capabilityVersion2(value: Buffer): Buffer | undefined {
  const version = value.at(3);
  if (version === 2 && value.length === 20) return value;
  if (version !== 3 || value.length !== 24) return undefined;
  const plain = Buffer.from(value.subarray(0, 20));
  plain[3] = 2;
  return plain;
}
