import type { Verdict } from '../../model/artifact.ts';
import type { Image } from '../../model/image.ts';
import type { Marks } from '../paint.ts';
import { cleanLine } from '../progress/clean-line.ts';
import { formatTable } from '../table.ts';
import type { Paint } from '../types.ts';
import { formatAge, formatBytes, formatSeconds, formatTime, shortDigest } from '../units.ts';
import { imageSize } from './image-table.ts';

export interface PageOptions {
  readonly paint: Paint;
  readonly marks: Marks;
  readonly now: Date;
}

/** Everything that is on record of an image, but for its packages one by one. */
export function imagePage(image: Image, options: PageOptions): string {
  const { paint } = options;
  const state = paint(image.state === 'available' ? 'green' : 'red', image.state);
  const sections = [
    section(
      'Components',
      image.components.map(({ name, version, digest }) => [name, version, shortDigest(digest)]),
      paint,
    ),
    section('Layers', layerRows(image), paint),
    artifacts(image, paint),
    section(
      'Tests',
      image.verdicts.map((verdict) => verdictRow(verdict, options)),
      paint,
    ),
    section('Runs as', configRows(image), paint),
  ];
  return [
    `${paint('bold', `${image.name}@${image.version}/${image.build}`)}  ${state}`,
    ...(image.description === '' ? [] : [cleanLine(image.description)]),
    '',
    formatTable(factRows(image, options).map(([label = '', value = '']) => [paint('dim', label), value])),
    ...sections.filter((text) => text !== ''),
  ].join('\n');
}

function factRows(image: Image, { now }: PageOptions): string[][] {
  const unpacked = image.layers.reduce((sum, layer) => sum + layer.unpackedSize, 0);
  return [
    ['created', `${formatAge(image.createdAt, now)}, ${formatTime(image.createdAt)}`],
    ['run', image.runId],
    ['plan', shortDigest(image.planId)],
    ['base', `${image.base.reference}  ${shortDigest(image.base.digest)}`],
    ...image.parents.map((parent, index) => [index === 0 ? 'made from' : '', parent]),
    ['architecture', image.architecture],
    ['size', `${formatBytes(imageSize(image))}, ${formatBytes(unpacked)} unpacked`],
    ...(image.keeps ? [['kept in disks', image.keeps.join(', ')]] : []),
    ['packages', image.packages.length === 0 ? 'none known' : String(image.packages.length)],
  ];
}

function section(title: string, rows: readonly (readonly string[])[], paint: Paint): string {
  if (rows.length === 0) return '';
  return `\n${paint('bold', title)}\n${formatTable(rows.map(([first = '', ...rest]) => [`  ${first}`, ...rest]))}`;
}

function layerRows(image: Image): string[][] {
  return image.layers.map(({ diffId, size, compression, createdBy }) => [
    shortDigest(diffId),
    formatBytes(size),
    compression,
    cleanLine(createdBy, 80),
  ]);
}

/** With whole digests: these are what other tools ask for. */
function artifacts(image: Image, paint: Paint): string {
  const rows = image.artifacts.map(({ type, fileName, size }) => [type, fileName, formatBytes(size)]);
  const [, title = '', ...lines] = section('Artifacts', rows, paint).split('\n');
  if (lines.length === 0) return '';
  const both = lines.flatMap((line, index) => [
    line,
    `    ${paint('dim', image.artifacts[index]?.digest ?? '')}`,
  ]);
  return ['', title, ...both].join('\n');
}

function verdictRow({ status, name, message, seconds }: Verdict, { paint, marks }: PageOptions): string[] {
  const mark = {
    passed: paint('green', marks.success),
    failed: paint('red', marks.failed),
    blocked: paint('yellow', marks.ignored),
  };
  return [mark[status], cleanLine(name), cleanLine(message), formatSeconds(seconds)];
}

function configRows({ config }: Image): string[][] {
  const words = (list: readonly string[]) =>
    cleanLine(list.map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : JSON.stringify(word))).join(' '));
  const rows = [
    ['user', config.user],
    ['folder', config.workingDir],
    ['entrypoint', words(config.entrypoint)],
    ['command', words(config.cmd)],
    ['ports', words(config.ports)],
    ...Object.entries(config.env).map(([name, value], index) => [
      index === 0 ? 'environment' : '',
      words([`${name}=${value}`]),
    ]),
    ...Object.entries(config.labels).map(([name, value], index) => [
      index === 0 ? 'labels' : '',
      words([`${name}=${value}`]),
    ]),
  ];
  return rows.filter(([, value]) => value !== '');
}
