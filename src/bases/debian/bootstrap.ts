import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { makeNamespaceFolder } from '../../host/namespace-folder.ts';
import type { Namespace } from '../../host/types.ts';
import type { LockedBase } from '../../model/lock.ts';
import type { Layer } from '../../model/tree.ts';
import { sha256 } from '../../support/canonical.ts';
import { createDisposer } from '../../support/disposer.ts';
import { GildError, noSpace } from '../../support/errors.ts';
import { saysFull } from '../../support/space.ts';
import type { BaseContext } from '../types.ts';
import { asPlain, startArchiveProxy } from './archive-proxy.ts';
import { download } from './download.ts';
import { createPackageCache } from './package-cache.ts';
import { keyring } from './release.ts';
import { type DebianPin, keptList, listLimit, type PinnedList } from './resolve.ts';

/**
 * Makes the tree with mmdebstrap inside a user namespace, so that packages' scripts have no power over the host,
 * and takes it into the store as it comes. Equal pins give equal layers.
 */
export async function bootstrap(locked: LockedBase, context: BaseContext): Promise<Layer> {
  const pin = locked.pin as unknown as DebianPin;
  const { host, signal, note } = context;
  const disposer = createDisposer();
  try {
    const lists = await Promise.all(
      pin.lists.map(async (list) => ({ ...list, bytes: await pinnedList(list, locked, context) })),
    );
    const cache = createPackageCache(host.home, signal);
    const proxy = await startArchiveProxy({ cache, lists });
    disposer.add(() => proxy.close());
    const scratch = await host.scratch('debian');
    disposer.add(() => scratch.release());
    const namespace = await host.namespace({ network: 'host', signal });
    disposer.add(() => namespace.close());
    await writeFile(
      join(scratch.path, 'sources.list'),
      sourcesList(pin, (mirror) => mirror),
    );
    const folder = await workFolder(scratch.path, namespace, context);
    const run = {
      pin,
      epoch: locked.epoch,
      folder,
      sources: join(scratch.path, 'sources.list'),
      proxy: proxy.address,
    };
    try {
      return await runMmdebstrap(run, locked, { namespace, context });
    } catch (error) {
      if (error instanceof GildError && error.kind !== 'cancelled') await cache.forget();
      throw error;
    } finally {
      const { fetched, kept, bytes } = cache.counts();
      note(
        `packages and indexes: ${fetched} fetched (${Math.round(bytes / 1e6)} MB), ${kept} kept from before`,
      );
    }
  } finally {
    await disposer.dispose();
  }
}

interface Run {
  readonly pin: DebianPin;
  readonly epoch: number;
  /** Where mmdebstrap unpacks. */
  readonly folder: string;
  /** For the image. */
  readonly sources: string;
  readonly proxy: string;
}

async function runMmdebstrap(
  run: Run,
  locked: LockedBase,
  { namespace, context }: { readonly namespace: Namespace; readonly context: BaseContext },
): Promise<Layer> {
  const { trees, signal, note } = context;
  const lines: string[] = [];
  let layer: Layer | undefined;
  let failure: unknown;
  const take = async (tar: Readable) => {
    try {
      layer = await trees.importRootfs(tar, { epoch: locked.epoch, createdBy: locked.reference, signal });
    } catch (error) {
      failure = error;
    }
    tar.resume();
  };
  const { exitCode } = await namespace.exec(command(run), {
    env: {
      TMPDIR: run.folder,
      HOME: '/nonexistent',
      SOURCE_DATE_EPOCH: String(run.epoch),
      http_proxy: run.proxy,
      DPKG_FORCE: 'unsafe-io',
    },
    stdin: Buffer.from(sourcesList({ ...run.pin, checkValidUntil: false }, asPlain)),
    readStdout: take,
    onStderr: splitLines((line) => {
      lines.push(line);
      if (progress.test(line)) note(line.slice('I: '.length));
    }),
    signal,
  });
  if (exitCode !== 0) throw failed(exitCode, lines, locked);
  if (failure !== undefined) throw failure;
  if (!layer) throw failed(exitCode, lines, locked);
  return layer;
}

/** What mmdebstrap says of its own that is worth a line in a log. */
const progress = /^I: (?:running apt-get|downloading|extracting|installing|creating)/;

function splitLines(take: (line: string) => void): (chunk: Buffer) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') take(line);
  };
}

/**
 * `/etc/resolv.conf` and `/etc/hostname` are copies of this host's; devices are the platform's business; what apt
 * learned of the proxy stays outside.
 */
function command({ pin, sources }: Run): string[] {
  return [
    'mmdebstrap',
    '--mode=root',
    '--format=tar',
    `--variant=${pin.variant}`,
    `--architectures=${pin.architecture}`,
    `--keyring=${keyring}`,
    '--skip=output/dev',
    ...(pin.include.length > 0 ? [`--include=${pin.include.join(',')}`] : []),
    '--customize-hook=rm -f "$1/etc/resolv.conf" "$1/etc/hostname"',
    `--customize-hook=upload ${sources} /etc/apt/sources.list`,
    pin.suite,
    '-',
    '-',
  ];
}

/** apt is not asked how old the lists are: that was done when they were resolved, and locked ones stay as they were. */
function sourcesList(pin: DebianPin, address: (mirror: string) => string): string {
  const option = pin.checkValidUntil ? '' : '[check-valid-until=no] ';
  return pin.lists.map(({ suite, mirror }) => `deb ${option}${address(mirror)} ${suite} main\n`).join('');
}

/** In memory if there is plenty: nothing in it is ever written to a disk, which halves the time. */
async function workFolder(
  path: string,
  namespace: Namespace,
  { host, note, signal }: BaseContext,
): Promise<string> {
  const folder = await makeNamespaceFolder(host, join(path, 'tree'));
  const available = process.availableMemory();
  if (available < enoughMemory) {
    note('making the tree on disk: there is little free memory');
    return folder;
  }
  const size = Math.floor(available * 0.6);
  const { exitCode } = await namespace.exec(
    ['mount', '-t', 'tmpfs', '-o', `mode=0755,size=${size}`, 'tmpfs', folder],
    { signal },
  );
  if (exitCode !== 0) note('making the tree on disk: a tmpfs cannot be mounted');
  return folder;
}

const enoughMemory = 3 * 1024 ** 3;

/** The list from when the base was resolved; from the mirror again if this host has not kept it. */
async function pinnedList(
  list: PinnedList,
  locked: LockedBase,
  { host, signal }: BaseContext,
): Promise<Buffer> {
  const kept = await readFile(keptList(host.home, list.digest)).catch(() => undefined);
  if (kept && sha256(kept) === list.digest) return kept;
  const bytes = await download(`${list.mirror}/dists/${list.suite}/InRelease`, { limit: listLimit, signal });
  if (bytes && sha256(bytes) === list.digest) return bytes;
  throw new GildError({
    code: 'BASE_UNREACHABLE',
    message: `The base ${locked.reference} cannot be made as it was locked: the archive's list of ${list.suite} has changed since.`,
    hint: 'Resolve the base again by starting a new build, or with `gild lock --update base`.',
  });
}

function failed(exitCode: number, lines: readonly string[], locked: LockedBase): GildError {
  const errors = lines.filter((line) => /^E: |^Err:|^\s+\d{3} /.test(line) || saysFull(line));
  const shown = (errors.length > 0 ? errors : lines).slice(-12).map((line) => `  ${line}`);
  if (lines.some(saysFull)) return noSpace(`mmdebstrap exited ${exitCode}\n${shown.join('\n')}\n`);
  return new GildError({
    code: 'BASE_UNREACHABLE',
    message: `The base ${locked.reference} could not be made: mmdebstrap exited ${exitCode}.\n${shown.join('\n')}`,
    hint: lines.some((line) => line.includes('Unable to locate package'))
      ? 'One of the packages in `include` does not exist in this suite.'
      : 'If packages were not found, the archive has moved on: start a new build.',
  });
}
