import { chownSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostFacts, Namespace } from '../../host/types.ts';
import { GildError } from '../../support/errors.ts';
import { topmost } from '../../support/topmost.ts';
import type { SharedFolder } from '../types.ts';

/**
 * The machine's folder, which is a scratch folder of the host:
 *
 * ```
 * 0, 1, 2 ...    links to the layers' folders, lowest first: names so short that hundreds fit into one mount
 * stubs/         the lowest layer: empty mount points, so that the runtime makes none in upper/
 * upper/ work/   what the machine changes
 * root/          the overlay of all these; mounted in the namespace only
 * run/ secrets/  tmpfs; mounted in the namespace only
 * ```
 */
export interface MachineRoot {
  readonly path: string;
  readonly upper: string;
  /** Package scripts ask `/usr/sbin/policy-rc.d` whether they may start services. */
  readonly hasUsr: boolean;
  /** Mounts the overlay on `root`, as a command of the namespace's root in the machine's folder. */
  readonly mount: readonly string[];
  /** Whether a layer may have a path. */
  mayHave(path: string): boolean;
  /** Throws if a mount point was replaced by a link: mounts would land where the link points. */
  assertMountable(): void;
}

/** Runtimes have followed links here more than once; a real image has real folders. */
const mountPoints = ['dev', 'proc', 'sys', 'etc'];

/** Makes the folders, and says what mounts the overlay. */
export function layRoot(
  folder: string,
  directories: readonly string[],
  context: { readonly facts: HostFacts; readonly shared: readonly SharedFolder[] },
): MachineRoot {
  const layers = topmost(directories);
  for (const [index, layer] of layers.entries()) symlinkSync(layer, join(folder, String(index)));
  const ownersOf = context.facts.rootless ? undefined : context.facts.ids;
  const make = (path: string, content?: string) => {
    if (content === undefined) mkdirSync(join(folder, path));
    else writeFileSync(join(folder, path), content);
    if (ownersOf) chownSync(join(folder, path), ownersOf.uid, ownersOf.gid);
  };
  const lowest = layers.toReversed();
  for (const name of mountPoints) assertFolder(lowest, name, 'ARCHIVE_REFUSED');
  const hasUsr = kindOf(lowest, 'usr') === 'folder';
  for (const path of ['root', 'upper', 'work', 'stubs', 'stubs/dev', 'stubs/proc', 'stubs/run', 'stubs/etc'])
    make(path);
  for (const path of ['stubs/etc/hosts', 'stubs/etc/resolv.conf']) make(path, '');
  if (hasUsr) {
    for (const path of ['stubs/usr', 'stubs/usr/sbin']) make(path);
    make('stubs/usr/sbin/policy-rc.d', '');
  }
  for (const path of parents(context.shared)) make(`stubs/${path}`);
  const lower = [...layers.keys()].toReversed().map(String).concat('stubs').join(':');
  const options = `userxattr,volatile,lowerdir=${lower},upperdir=upper,workdir=work`;
  const upper = join(folder, 'upper');
  return {
    path: join(folder, 'root'),
    upper,
    hasUsr,
    mount: mountOverlay(options, 'root'),
    mayHave: (path) => layers.some((layer) => mayHave(layer, path)),
    assertMountable: () => {
      for (const name of mountPoints) assertFolder([upper], name, 'STEP_FAILED');
    },
  };
}

export function mountOverlay(options: string, target: string): string[] {
  return ['busybox', 'mount', '-t', 'overlay', '-o', options, 'overlay', target];
}

export function mountTmpfs(options: string, target: string): string[] {
  return ['busybox', 'mount', '-t', 'tmpfs', '-o', `mode=0755,nosuid,nodev,${options}`, 'tmpfs', target];
}

/** Every folder on the way to the targets, each once, outermost first; `/run` is a mount of its own. */
function parents(shared: readonly SharedFolder[]): Set<string> {
  const inTree = shared.filter(({ target }) => !target.startsWith('/run/'));
  return new Set(
    inTree.flatMap(({ target }) => {
      const names = target.split('/').filter((name) => name !== '');
      return names.map((_, index) => names.slice(0, index + 1).join('/'));
    }),
  );
}

/** Runs a program of the host in the namespace that must succeed. */
export async function execute(
  namespace: Namespace,
  argv: readonly string[],
  cwd: string,
  stdin?: Uint8Array,
): Promise<void> {
  const said: Buffer[] = [];
  const { exitCode } = await namespace.exec(argv, {
    cwd,
    ...(stdin ? { stdin } : {}),
    onStderr: (chunk) => said.push(chunk),
  });
  if (exitCode === 0) return;
  const reason = Buffer.concat(said).toString().trim().slice(-500);
  throw new GildError({
    code: 'HOST_UNSUPPORTED',
    message: `The sandbox could not be prepared in its namespace: ${reason}`,
  });
}

function assertFolder(
  layers: readonly string[],
  name: string,
  code: 'ARCHIVE_REFUSED' | 'STEP_FAILED',
): void {
  if (kindOf(layers, name) !== 'other') return;
  throw new GildError({
    code,
    message: `/${name} in the image is not a folder, so nothing can be mounted on it.`,
    hint: 'A link in the place of /dev, /proc, /sys or /etc is what attacks on container runtimes look like.',
  });
}

/** Ends where a layer has no folder, so that no link is followed: nobody knows what is behind it. */
function mayHave(layer: string, path: string): boolean {
  const [name = '', ...rest] = path.split('/');
  try {
    const found = lstatSync(join(layer, name), { throwIfNoEntry: false });
    if (!found?.isDirectory() || rest.length === 0) return found !== undefined;
    return mayHave(join(layer, name), rest.join('/'));
  } catch {
    return true;
  }
}

/** Of the uppermost layer that has the name. A whiteout is a device 0:0. Only names directly in a layer are looked at. */
function kindOf(layers: readonly string[], name: string): 'folder' | 'other' | 'absent' {
  for (const layer of layers) {
    const found = lstatSync(join(layer, name), { throwIfNoEntry: false });
    if (!found) continue;
    if (found.isDirectory()) return 'folder';
    return found.isCharacterDevice() && found.rdev === 0 ? 'absent' : 'other';
  }
  return 'absent';
}
