import type { Outdated, OutdatedOptions } from '../../build/lock/outdated.ts';
import type { OutdatedDownload } from '../../build/lock/outdated-downloads.ts';
import { exitCodes } from '../../support/errors.ts';
import { formatTable } from '../table.ts';
import type { Cli } from '../types.ts';
import { formatBytes, shortDigest } from '../units.ts';

export interface OutdatedCommandOptions extends OutdatedOptions {
  readonly json: boolean;
  /** 1 where something is newer. */
  readonly exitCode: boolean;
}

/** Lists what is newer outside than in the image. */
export async function outdated(options: OutdatedCommandOptions, cli: Cli): Promise<number> {
  const { findOutdated } = await import('../../build/lock/outdated.ts');
  const found = await findOutdated(options, { signal: cli.signal });
  const rows = rowsOf(found, cli);
  if (options.json) cli.print(JSON.stringify(found, undefined, 2));
  else {
    for (const note of found.notes) cli.note(note);
    if (rows.length > 0) cli.print(formatTable([['WHAT', 'HERE', 'NEWEST', 'FROM', 'IN'], ...rows]));
    else cli.print(found.image ? `Nothing is newer than in ${found.image}.` : 'Nothing is newer.');
  }
  return options.exitCode && rows.length > 0 ? exitCodes.build : 0;
}

/** Security first. */
function rowsOf(
  { packages, base, components, downloads }: Outdated,
  { paint }: Pick<Cli, 'paint'>,
): string[][] {
  const urgent = packages.filter(({ isSecurity }) => isSecurity);
  const others = packages.filter(({ isSecurity }) => !isSecurity);
  return [
    ...[...urgent, ...others].map(({ name, installed, newest, suite, isSecurity, use }) => [
      name,
      installed,
      newest,
      isSecurity ? paint('red', `${suite} (security)`) : suite,
      use ?? 'base',
    ]),
    ...(base
      ? [[base.reference, shortDigest(base.locked), shortDigest(base.newest), 'registry', 'base']]
      : []),
    ...components.map(({ use, locked, newest }) => [use, locked, newest, 'component', use]),
    ...downloads.map(({ use, locked, newest }) => [
      locked.source,
      ...change(locked, newest),
      'download',
      use,
    ]),
  ];
}

/** In the words that say most to people. */
function change(
  locked: OutdatedDownload['locked'],
  newest: OutdatedDownload['newest'],
): readonly [string, string] {
  if (newest.lastModified !== undefined && locked.lastModified !== newest.lastModified)
    return [locked.lastModified ?? '', newest.lastModified];
  if (newest.size !== undefined && newest.size !== locked.size)
    return [formatBytes(locked.size), formatBytes(newest.size)];
  return [locked.etag ?? '', newest.etag ?? ''];
}
