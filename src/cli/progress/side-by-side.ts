import type { ProgressMode } from '../types.ts';
import { createJsonProgress } from './json.ts';
import { createPlainProgress } from './plain.ts';
import type { Progress } from './types.ts';

/** Of one of several builds at the same time: every line says whose it is. A terminal is spared what the steps say. */
export function createSideBySide(mode: ProgressMode, label: string, forPerson: boolean): Progress {
  if (mode === 'json') {
    return createJsonProgress((text) => void process.stdout.write(text), { recipe: label.trimEnd() });
  }
  const plain = createPlainProgress(
    (text) => void process.stderr.write(text.replace(/^(?=.)/gm, `${label} |`)),
  );
  const quiet = mode !== 'plain' && forPerson;
  return {
    ...plain,
    show: (event) => {
      if (!quiet || event.type !== 'step.output') plain.show(event);
    },
  };
}
