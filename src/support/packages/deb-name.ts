import type { Package } from '../../model/image.ts';

/** The name that apt gives a package in `/var/cache/apt/archives`. */
export function debName({ name, version, architecture }: Package): string {
  return `${quoted(name)}_${quoted(version)}_${quoted(architecture)}.deb`;
}

/** What such a name says; undefined for any other. */
export function readDebName(file: string): Package | undefined {
  const [, name, version = '', architecture = ''] =
    /^([a-z0-9][a-z0-9+.-]*)_([A-Za-z0-9.+~-]+(?:%3a[A-Za-z0-9.+~-]+)?)_([a-z0-9-]+)\.deb$/.exec(file) ?? [];
  return name === undefined ? undefined : { name, version: version.replace('%3a', ':'), architecture };
}

function quoted(part: string): string {
  return part.replaceAll('_', '%5f').replaceAll(':', '%3a');
}
