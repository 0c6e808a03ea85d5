import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { output } from '../../src/support/process.ts';
import type { AptMirror, MirrorPackage } from './apt-mirror.ts';
import { temporaryFolder } from './gild.ts';

/**
 * A small apt for a small base. Where `APT_CONFIG` names its sources, it asks those, as the real one does; else it finds
 * the archive in the secret `archive`, so that what the archive has is no part of a step.
 */
export const smallApt = `#!/bin/sh
set -e
status=/var/lib/dpkg/status
if [ -n "$APT_CONFIG" ]; then
  sources=$(sed -n 's/^Dir::Etc::sourcelist "\\(.*\\)";$/\\1/p' "$APT_CONFIG")
  archive=$(sed -n 's/^deb .*file:\\([^ ]*\\) .*/\\1/p' "$sources")
else
  archive=/tmp/archive
  mkdir -p $archive && base64 -d < /run/secrets/archive | tar x -z -C $archive
fi
command=$1
shift
if [ "$command" = update ]; then
  : > /var/lib/apt/lists/lock
  [ -n "$APT_CONFIG" ] || cp $archive/example.org_* /var/lib/apt/lists
fi
if [ "$command" = install ]; then
  : > /var/cache/apt/archives/lock
  mkdir -p /var/lib/dpkg /var/log
  for name; do
    deb=$(ls "$archive/\${name}"_*_amd64.deb 2> /dev/null) || { echo "E: Unable to locate package $name" >&2; exit 100; }
    version=$(dpkg-deb -f "$deb" | sed -n 's/^Version: //p')
    [ -n "$APT_CONFIG" ] || cp "$deb" /var/cache/apt/archives
    dpkg-deb -x "$deb" /
    printf 'Package: %s\\nStatus: install ok installed\\nArchitecture: amd64\\nVersion: %s\\n\\n' "$name" "$version" >> $status
    echo "2026-01-01 00:00:00 install $name:amd64 <none> $version" >> /var/log/dpkg.log
  done
fi
if [ "$command" = purge ]; then
  for name; do
    sed -i "/^Package: $name\\$/,/^\\$/d" $status
    rm "/usr/share/$name"
  done
fi
`;

/** What the secret \`archive\` has: all that a suite has, as a machine would fetch it. */
export async function packArchive(
  mirror: AptMirror,
  suite: string,
  packages: Readonly<Record<string, MirrorPackage>>,
): Promise<string> {
  const { path, remove } = await temporaryFolder('archive');
  const prefix = join(path, `example.org_dists_${suite}`);
  const fetched = async (file: string) => (await fetch(`${mirror.url}/dists/${suite}/${file}`)).text();
  await writeFile(`${prefix}_InRelease`, await fetched('InRelease'));
  await writeFile(`${prefix}_main_binary-amd64_Packages`, await fetched('main/binary-amd64/Packages'));
  for (const [name, { version, bytes }] of Object.entries(packages))
    await writeFile(join(path, `${name}_${version}_amd64.deb`), bytes);
  const packed = await output(['sh', '-c', 'tar cz -C "$1" . | base64 -w 0', 'sh', path]);
  await remove();
  return packed;
}
