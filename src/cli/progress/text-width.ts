import { stripVTControlCharacters } from 'node:util';

const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f251}\u{20000}-\u{3fffd}]/u;
const narrowOnly = /^[\x20-\x7e]*$/;
const nothing = /^[\p{Mark}\p{Cf}\u200b-\u200f]/u;

let segmenter: Intl.Segmenter | undefined;

/** Cells that a terminal uses for the text, escape sequences not counted. */
export function textWidth(text: string): number {
  if (narrowOnly.test(text)) return text.length;
  const visible = stripVTControlCharacters(text);
  if (narrowOnly.test(visible)) return visible.length;
  let cells = 0;
  for (const cluster of clusters(visible)) cells += clusterWidth(cluster);
  return cells;
}

/** The beginning of an uncoloured text that fits into so many cells, ending in `…` if something was cut. */
export function fitWidth(text: string, cells: number): string {
  if (cells <= 0) return '';
  if (narrowOnly.test(text)) return text.length <= cells ? text : `${text.slice(0, cells - 1)}…`;
  let used = 0;
  let fitting = '';
  for (const cluster of clusters(text)) {
    const width = clusterWidth(cluster);
    if (used + width > cells) return `${cutTo(fitting, cells - 1)}…`;
    used += width;
    fitting += cluster;
  }
  return fitting;
}

function cutTo(text: string, cells: number): string {
  let used = 0;
  let fitting = '';
  for (const cluster of clusters(text)) {
    used += clusterWidth(cluster);
    if (used > cells) break;
    fitting += cluster;
  }
  return fitting;
}

function clusterWidth(cluster: string): number {
  if (wide.test(cluster) || cluster.includes('\ufe0f')) return 2;
  return nothing.test(cluster) ? 0 : 1;
}

function* clusters(text: string): Generator<string> {
  segmenter ??= new Intl.Segmenter();
  for (const { segment } of segmenter.segment(text)) yield segment;
}
