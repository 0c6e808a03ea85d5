import type { GildEvent } from '../../src/model/events.ts';

/** Base, files and components that a build with `--progress=json` carried out, in place of taking them from before. */
export function carriedOut(stdout: string): string[] {
  return stdout.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    const event = JSON.parse(line) as GildEvent;
    if (event.type !== 'step.finished' || event.status !== 'success') return [];
    return /^(base|files|component\/[^/]+)$/.test(event.step) ? [event.step] : [];
  });
}
