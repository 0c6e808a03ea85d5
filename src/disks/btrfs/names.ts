import { crc32c } from '../tree/crc32c.ts';
import { type Item, itemTypes, key, writeU64 } from './format.ts';

const attributeType = 8;
/** References of one inode that go into one item; the others get items of their own. */
const mostReferenceBytes = 8192;

/** A name by which a folder knows an inode. */
export interface Name {
  readonly folder: number;
  /** From 2 on, in the order of the folder. */
  readonly index: number;
  readonly name: Buffer;
}

export interface Entry {
  /** The key of what is named. */
  readonly location: Buffer;
  readonly type: number;
  readonly name: Buffer;
}

export function nameHash(name: Buffer): number {
  return crc32c(0xffff_fffe, name);
}

/** What a folder says of one entry. */
export function entryData({ location, type, name }: Entry): Buffer {
  return namedData({ location, type, name, value: Buffer.alloc(0) });
}

/** Items of attributes, by the hashes of their names. */
export function* attributeItems(inode: number, attributes: ReadonlyMap<string, Buffer>): Generator<Item> {
  const hashed = [...attributes].map(([text, value]) => {
    const name = Buffer.from(text, 'latin1');
    const data = namedData({ location: Buffer.alloc(17), type: attributeType, name, value });
    return { hash: nameHash(name), data };
  });
  yield* byHash(hashed, (hash) => key(inode, itemTypes.xattr, hash));
}

/** What leads back from an inode to its names. */
export function* referenceItems(inode: number, names: readonly Name[]): Generator<Item> {
  const byFolder = new Map<number, Buffer[]>();
  const further: { hash: number; data: Buffer }[] = [];
  for (const { folder, index, name } of names) {
    const own = byFolder.get(folder) ?? [];
    byFolder.set(folder, own);
    const bytes = own.reduce((sum, { length }) => sum + length, 0);
    if (bytes + name.length < mostReferenceBytes) own.push(reference(index, name));
    else further.push({ hash: crc32c(folder >>> 0, name), data: furtherReference(folder, index, name) });
  }
  for (const [folder, data] of [...byFolder].sort(([a], [b]) => a - b)) {
    yield { key: key(inode, itemTypes.inodeRef, folder), data: Buffer.concat(data) };
  }
  yield* byHash(further, (hash) => key(inode, itemTypes.inodeExtref, hash));
}

/** Items in the order of their hashes; equal hashes share one. */
export function* byHash(
  hashed: { readonly hash: number; readonly data: Buffer }[],
  keyOf: (hash: number) => Buffer,
): Generator<Item> {
  hashed.sort((a, b) => a.hash - b.hash);
  for (let at = 0; at < hashed.length; ) {
    const { hash, data } = hashed[at] as (typeof hashed)[0];
    const same = [data];
    for (at++; hashed[at]?.hash === hash; at++) same.push((hashed[at] as (typeof hashed)[0]).data);
    yield { key: keyOf(hash), data: same.length === 1 ? data : Buffer.concat(same) };
  }
}

function namedData({ location, type, name, value }: Entry & { readonly value: Buffer }): Buffer {
  const data = Buffer.alloc(30 + name.length + value.length);
  location.copy(data, 0);
  data.writeUInt16LE(value.length, 25);
  data.writeUInt16LE(name.length, 27);
  data.writeUInt8(type, 29);
  name.copy(data, 30);
  value.copy(data, 30 + name.length);
  return data;
}

function reference(index: number, name: Buffer): Buffer {
  const data = Buffer.alloc(10 + name.length);
  writeU64(data, index, 0);
  data.writeUInt16LE(name.length, 8);
  name.copy(data, 10);
  return data;
}

function furtherReference(folder: number, index: number, name: Buffer): Buffer {
  const data = Buffer.alloc(18 + name.length);
  writeU64(data, folder, 0);
  writeU64(data, index, 8);
  data.writeUInt16LE(name.length, 16);
  name.copy(data, 18);
  return data;
}
