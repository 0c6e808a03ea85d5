import type { GildEvent } from '../../model/events.ts';
import type { Marks } from '../paint.ts';
import type { Paint } from '../types.ts';
import { cleanLine } from './clean-line.ts';
import { createLiveArea, type Screen } from './live-area.ts';
import { createRunView } from './run-view.ts';
import { finishedLines, type Look, liveLines } from './tty-frame.ts';
import type { Progress } from './types.ts';

export interface TtyOptions {
  readonly screen: Screen & { onResize(redraw: () => void): () => void };
  readonly paint: Paint;
  readonly marks: Marks;
  /** Says of each step that runs why nothing made before would do. */
  readonly explain?: boolean;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

const frameMs = 100;

/**
 * A live tree. Events only change what the next frame shows, at most ten times a second and less often on a
 * slow terminal, so that no amount of output holds up the build.
 */
export function createTtyProgress(options: TtyOptions): Progress {
  const { screen, paint, marks } = options;
  const now = options.now ?? Date.now;
  const area = createLiveArea(screen);
  const view = createRunView();
  const above: string[] = [];
  let doneRoots = 0;
  let timer: NodeJS.Timeout | undefined;
  let resting = false;
  let cancelling = false;
  const stopResize = screen.onResize(() => {
    if (timer) frame();
  });

  return {
    show(event) {
      view.apply(event);
      remember(event);
      if (!timer && !resting) timer = setTimeout(frame, event.type === 'run.started' ? 0 : frameMs);
    },
    pause() {
      frame();
      rest();
    },
    resume() {
      resting = false;
      frame();
    },
    cancelling() {
      cancelling = true;
      if (!resting) frame();
    },
    close() {
      if (!resting) frame();
      rest();
      stopResize();
    },
  };

  function frame(): void {
    clearTimeout(timer);
    const started = performance.now();
    const look = lookNow();
    settle(look);
    const footer = cancelling && view.status === 'running' ? [cancelLine()] : [];
    area.draw(above.splice(0), [...liveLines(view, doneRoots, now(), look), ...footer]);
    const cost = performance.now() - started;
    timer = setTimeout(frame, Math.max(frameMs, cost * 10));
  }

  /** A root that is done, with all before it done, is printed for good. */
  function settle(look: Look): void {
    for (let root = view.roots[doneRoots]; root && root.status !== 'running'; root = view.roots[doneRoots]) {
      above.push(...finishedLines(root, look));
      doneRoots++;
    }
  }

  function rest(): void {
    clearTimeout(timer);
    timer = undefined;
    resting = true;
    area.clear();
  }

  function remember(event: GildEvent): void {
    if (event.type === 'run.started') {
      above.push(
        `${paint('bold', `Building ${cleanLine(event.image)}`)}  ${paint('dim', `run ${event.runId}`)}`,
      );
    } else if (event.type === 'documents.started') {
      const names = event.documents.map((name) => cleanLine(name)).join(', ');
      above.push(`${paint('bold', `Running ${names}`)}  ${paint('dim', `on ${event.base}`)}`);
    } else if (event.type === 'warning') {
      settle(lookNow());
      above.push(`${paint('yellow', marks.ignored)} ${cleanLine(event.message)}`);
    } else if (event.type === 'cache' && event.outcome === 'miss' && options.explain) {
      settle(lookNow());
      above.push(paint('dim', `  ${cleanLine(event.step)} runs: ${cleanLine(event.reason)}`));
    }
  }

  function lookNow(): Look {
    return { columns: screen.columns, rows: screen.rows, paint, marks };
  }

  function cancelLine(): string {
    return paint('yellow', 'Cancelling ... press Ctrl-C again to kill');
  }
}
