import type { TarEntry } from '../../support/tar/entry.ts';
import { refusal } from '../../support/tar/refusal.ts';
import type { Attribute } from './attributes.ts';

const kinds = { user: 0, trusted: 2, security: 4 } as const;
const accessLists: ReadonlyMap<string, string> = new Map([
  ['system.posix_acl_access', 'SGI_ACL_FILE'],
  ['system.posix_acl_default', 'SGI_ACL_DEFAULT'],
]);
/** As root sees them on an xfs file system, beside the access lists that they are. */
const shownTwice = new Map([...accessLists].map(([program, disk]) => [`trusted.${disk}`, program]));
const longestName = 255;
const longestValue = 65_536;
/** Whose entries name a user or a group. */
const named = new Set([0x02, 0x08]);

/** The attributes of an entry as the disk has them. Throws `ARCHIVE_REFUSED` for those that xfs does not know. */
export function attributesOf({ path, offset, xattrs }: TarEntry): Attribute[] {
  const own = [...xattrs].filter(([text]) => !xattrs.has(shownTwice.get(text) ?? ''));
  return own.map(([text, value]): Attribute => {
    const refused = (why: string) => refusal(path, offset, `its attribute \`${text}\` ${why}`);
    const accessList = accessLists.get(text);
    if (accessList !== undefined) {
      const list = accessListValue(value);
      if (!list) throw refused('is no access list');
      return { name: Buffer.from(accessList), value: list, kind: kinds.trusted };
    }
    const dot = text.indexOf('.');
    const kind = kinds[text.slice(0, Math.max(0, dot)) as keyof typeof kinds];
    const name = Buffer.from(text.slice(dot + 1), 'latin1');
    if (kind === undefined || name.length === 0) throw refused('is of a kind that xfs does not know');
    if (name.length > longestName || value.length > longestValue) throw refused('is too large for xfs');
    return { name, value, kind };
  });
}

/** Programs see version 2, of small numbers first; xfs has the number of entries, then twelve bytes for each. */
function accessListValue(value: Buffer): Buffer | undefined {
  const count = (value.length - 4) / 8;
  if (!Number.isInteger(count) || count < 0 || value.readUInt32LE(0) !== 2) return undefined;
  const list = Buffer.alloc(4 + count * 12);
  list.writeUInt32BE(count, 0);
  for (let index = 0; index < count; index++) {
    const from = 4 + index * 8;
    const to = 4 + index * 12;
    const tag = value.readUInt16LE(from);
    list.writeUInt32BE(tag, to);
    list.writeUInt32BE(named.has(tag) ? value.readUInt32LE(from + 4) : 0, to + 4);
    list.writeUInt16BE(value.readUInt16LE(from + 2), to + 8);
  }
  return list;
}
