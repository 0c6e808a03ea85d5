import type { Hooks } from '../../build/types.ts';
import type { Failure, GildEvent } from '../../model/events.ts';
import { createPaint, marksFor } from '../paint.ts';
import type { Cli } from '../types.ts';
import { failureLines } from './failure.ts';
import { failedStep, type RunView } from './run-view.ts';
import type { Progress } from './types.ts';

export interface Scene {
  readonly cli: Cli;
  readonly view: RunView;
  readonly progress: Progress;
  readonly explain: () => void;
  /** Sees every event too. */
  readonly also?: ((event: GildEvent) => void) | undefined;
}

/** What a run needs of this face: its events are folded and shown, and a person is asked with the screen at rest. */
export function hooksOf({ cli, view, progress, explain, also }: Scene): Hooks {
  const { signal } = cli;
  signal.addEventListener('abort', () => progress.cancelling(), { once: true });
  return {
    emit: (body) => {
      const event = { time: Date.now(), ...body };
      view.apply(event);
      progress.show(event);
      also?.(event);
    },
    signal,
    ask: (question, choices) =>
      atRest(progress, () => {
        explain();
        return cli.ask(question, choices);
      }),
    interact: (job) =>
      atRest(progress, () => {
        explain();
        cli.note('A shell in the machine; `exit` leaves it.');
        return cli.interact(job);
      }),
  };
}

/** Prints why the run failed or the newest step did, each failure once; and what was kept after that was said. */
export function createExplainer(view: RunView, cli: Cli): () => void {
  let explained: Failure | undefined;
  let saidKept = false;
  return () => {
    const failure = failedStep(view)?.failure ?? view.failure;
    if (failure && failure !== explained) {
      cli.note(['', ...failureLines(view, createPaint(process.stderr), marksFor()), ''].join('\n'));
    } else if (view.kept && !saidKept) {
      cli.note(`Kept as it is: gild shell ${view.runId}`);
    }
    explained = failure;
    saidKept = view.kept;
  };
}

async function atRest<T>(progress: Progress, job: () => Promise<T>): Promise<T> {
  progress.pause();
  try {
    return await job();
  } finally {
    progress.resume();
  }
}
