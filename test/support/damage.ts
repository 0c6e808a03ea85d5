import {
  appendFileSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';

/** One thing that went wrong in a home. */
export interface Damage {
  /** `flip a bit of blobs/sha256/12ab...` */
  readonly what: string;
  /** `unpacked files`, `database` ... */
  readonly group: string;
  /** Puts the bytes back. */
  undo(): void;
}

/** Kinds of files that a home has, first match wins; each is damaged as often as the others, however many there are. */
const groups: readonly (readonly [string, RegExp | undefined])[] = [
  ['', /^(scratch|leases|locks|layers\/damaged|blobs\/(incoming|damaged))\/|^lease\.db|\.lock$|-(wal|shm)$/],
  ['blobs', /^blobs\/sha256\//],
  ['seals of blobs', /^blobs\/seals\//],
  ['unpacked files', /^layers\/[^/]+\/unpacked\/fs\//],
  ['seals of folders', /^layers\/[^/]+\/unpacked\/seal$/],
  ['records of layers', /^layers\/[^/]+\/[^/]+$/],
  ['records of bases', /^bases\//],
  ['database', /^gild\.db$/],
  ['runs', /^runs\//],
  ['others', undefined],
];

/** Damages one file of the home; `random` gives numbers in [0, 1). */
export function damageSomething(home: string, random: () => number): Damage {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const byGroup = Map.groupBy(filesBelow(home), (path) => groupOf(relative(home, path)));
  byGroup.delete('');
  const [group, files] = pick([...byGroup].sort());
  const path = pick(files.sort());
  const others = files.filter((other) => other !== path && lstatSync(other).isFile());
  const isFile = lstatSync(path).isFile();
  const way = pick(isFile && statSync(path).size > 0 ? Object.keys(ways) : ['remove', 'swap']);
  const touched = way === 'swap' && others.length > 0 ? [path, pick(others)] : [path];
  const undo = touched.map(snapshot);
  ways[way]?.(touched, random);
  return {
    what: `${way} ${touched.map((file) => relative(home, file)).join(' and ')}`,
    group,
    undo: () => {
      for (const back of undo) back();
    },
  };
}

type Way = (paths: readonly string[], random: () => number) => void;

const ways: Readonly<Record<string, Way>> = {
  'flip a bit of': change((content, random) => {
    const at = Math.floor(random() * content.length);
    content[at] = (content[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  }),
  'overwrite a part of': change((content, random) => {
    const start = Math.floor(random() * content.length);
    content.fill(Math.floor(random() * 256), start, Math.min(content.length, start + 512));
  }),
  cut: ([path = ''], random) => truncateSync(path, Math.floor(random() * statSync(path).size)),
  'append to': ([path = '']) => appendFileSync(path, 'x'),
  remove: ([path = '']) => rmSync(path),
  swap: ([one = '', other]) => {
    if (other === undefined) return rmSync(one);
    renameSync(one, `${one}.swap`);
    renameSync(other, one);
    renameSync(`${one}.swap`, other);
  },
};

/** In place, and with the time that it had. */
function change(edit: (content: Buffer, random: () => number) => void): Way {
  return ([path = ''], random) => {
    const { atime, mtime } = statSync(path);
    const content = readFileSync(path);
    edit(content, random);
    writeFileSync(path, content);
    utimesSync(path, atime, mtime);
  };
}

function snapshot(path: string): () => void {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) {
    const target = readlinkSync(path);
    return () => {
      rmSync(path, { force: true });
      symlinkSync(target, path);
    };
  }
  const content = readFileSync(path);
  return () => writeFileSync(path, content, { mode: found.mode });
}

function groupOf(path: string): string {
  const [name = ''] = groups.find(([, pattern]) => pattern === undefined || pattern.test(path)) ?? [];
  return name;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() || entry.isSymbolicLink() ? [path] : [];
  });
}
