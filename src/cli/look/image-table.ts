import type { Image } from '../../model/image.ts';
import { fitTable } from '../table.ts';
import type { Cli } from '../types.ts';
import { formatAge, formatBytes } from '../units.ts';

/** A line for each image, newest version first. */
export function imageTable(
  images: readonly Image[],
  { paint, columns }: Pick<Cli, 'paint' | 'columns'>,
  now: Date,
): string {
  const rows = images.map((image) => [
    image.name,
    `${image.version}/${image.build}`,
    image.state === 'available' ? image.state : paint('red', image.state),
    formatBytes(imageSize(image)),
    formatAge(image.createdAt, now),
    image.base.reference,
  ]);
  const head = ['NAME', 'VERSION', 'STATE', 'SIZE', 'CREATED', 'BASE'];
  return fitTable([head, ...rows], { columns, shrink: head.length - 1 });
}

/** Bytes of the layers as they are stored. */
export function imageSize(image: Pick<Image, 'layers'>): number {
  return image.layers.reduce((sum, layer) => sum + layer.size, 0);
}
