import type { Package } from '../../model/image.ts';

/** `nginx 1.22.1-9 amd64`: what no two packages have in common. */
export function packageName({ name, version, architecture }: Package): string {
  return `${name} ${version} ${architecture}`;
}
