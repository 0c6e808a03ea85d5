import { createHash, type Hash } from 'node:crypto';
import type { Layer } from '../model/tree.ts';
import { entryPath } from './entry-path.ts';
import type { LayerEntry, ReadLayer } from './types.ts';

/** What can differ between two files of the same path. */
export interface FileFacts {
  readonly type: Exclude<LayerEntry['type'], 'link'>;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** SHA-256 of a file's content, in hex. */
  readonly content?: string;
  readonly linkTarget?: string;
  /** Name -> value as base64. */
  readonly xattrs?: Readonly<Record<string, string>>;
}

/** All paths of a merged tree with their facts, and the text of the files asked for. */
export interface FileTree {
  readonly files: ReadonlyMap<string, FileFacts>;
  readonly texts: ReadonlyMap<string, string>;
}

/** One layer, read once however many trees it is in. */
export type LayerFacts = readonly LayerFact[];

interface LayerFact {
  readonly path: string;
  /** Absent for a hard link, which has those of its target. */
  readonly facts?: FileFacts;
  readonly hardlink?: string;
  readonly text?: string;
}

/** Reads a layer and hashes all its files; of paths that are `isText`, it keeps up to 1 MiB of text. */
export async function readLayerFacts(
  layer: Layer,
  read: ReadLayer,
  isText: (path: string) => boolean,
): Promise<LayerFacts> {
  const facts: LayerFact[] = [];
  let file: OpenFile | undefined;
  const finish = () => {
    if (file) facts.push(fileFact(file));
    file = undefined;
  };
  await read(layer, {
    entry: (entry) => {
      finish();
      const path = entryPath(entry.path);
      if (entry.type === 'link') facts.push({ path, hardlink: entryPath(entry.target) });
      else if (entry.type !== 'file') facts.push({ path, facts: factsOf(entry, entry.type) });
      else
        file = {
          path,
          facts: factsOf(entry, 'file'),
          hash: createHash('sha256'),
          ...(isText(path) && { text: [] }),
        };
    },
    data: (bytes) => {
      file?.hash.update(bytes);
      if (file && file.facts.size <= largestText) file.text?.push(Buffer.from(bytes));
    },
  });
  finish();
  return facts;
}

/** Lays layers over each other, lowest first, with whiteouts carried out. */
export function mergeLayers(layers: readonly LayerFacts[]): FileTree {
  const root: Node = { children: new Map() };
  for (const layer of layers) {
    for (const fact of layer) applyWhiteout(root, fact.path);
    for (const fact of layer) if (!isWhiteout(fact.path)) applyEntry(root, fact);
  }
  const tree = { files: new Map<string, FileFacts>(), texts: new Map<string, string>() };
  collect(root, '', tree);
  return tree;
}

const largestText = 1024 * 1024;

interface OpenFile {
  readonly path: string;
  readonly facts: FileFacts;
  readonly hash: Hash;
  readonly text?: Buffer[];
}

function fileFact({ path, facts, hash, text }: OpenFile): LayerFact {
  const fact = { path, facts: { ...facts, content: hash.digest('hex') } };
  return text ? { ...fact, text: Buffer.concat(text).toString() } : fact;
}

function factsOf(entry: LayerEntry, type: FileFacts['type']): FileFacts {
  const { mode, uid, gid, size, target, xattrs } = entry;
  const values = [...xattrs].map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
  return {
    type,
    mode,
    uid,
    gid,
    size,
    ...(type === 'symlink' && { linkTarget: Buffer.from(target, 'latin1').toString() }),
    ...(values.length > 0 && { xattrs: Object.fromEntries(values) }),
  };
}

interface Node {
  facts?: FileFacts;
  text?: string;
  children?: Map<string, Node>;
}

const whiteout = '.wh.';
const opaque = '.wh..wh..opq';

function isWhiteout(path: string): boolean {
  return path.slice(path.lastIndexOf('/') + 1).startsWith(whiteout);
}

function applyWhiteout(root: Node, path: string): void {
  if (!isWhiteout(path)) return;
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  const parent = lookUp(root, parts);
  if (name === opaque) parent?.children?.clear();
  else parent?.children?.delete(name.slice(whiteout.length));
}

function applyEntry(root: Node, fact: LayerFact): void {
  if (fact.path === '') return;
  const target = fact.hardlink === undefined ? undefined : lookUp(root, fact.hardlink.split('/'));
  const facts = fact.facts ?? target?.facts;
  const text = fact.text ?? target?.text;
  const node = makeNode(root, fact.path.split('/'));
  if (facts?.type === 'directory') node.children ??= new Map();
  else delete node.children;
  delete node.text;
  if (facts) node.facts = facts;
  if (text !== undefined) node.text = text;
}

function lookUp(root: Node, parts: readonly string[]): Node | undefined {
  let node: Node | undefined = root;
  for (const part of parts) node = node?.children?.get(part);
  return node;
}

function makeNode(root: Node, parts: readonly string[]): Node {
  let node = root;
  for (const part of parts) {
    node.children ??= new Map();
    let child = node.children.get(part);
    if (!child) {
      child = {};
      node.children.set(part, child);
    }
    node = child;
  }
  return node;
}

function collect(
  node: Node,
  path: string,
  tree: { files: Map<string, FileFacts>; texts: Map<string, string> },
): void {
  if (node.facts && path !== '') tree.files.set(path, node.facts);
  if (node.text !== undefined) tree.texts.set(path, node.text);
  for (const [name, child] of node.children ?? []) collect(child, `${path}/${name}`, tree);
}
