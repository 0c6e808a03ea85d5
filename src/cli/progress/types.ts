import type { GildEvent } from '../../model/events.ts';

/** Shows a run to somebody. None of its methods waits, and none throws. */
export interface Progress {
  show(event: GildEvent): void;
  /** Takes everything moving off the screen, until `resume`. */
  pause(): void;
  resume(): void;
  /** Says that the first Ctrl-C was understood. */
  cancelling(): void;
  /** Shows the last state and gives the terminal back as it was. */
  close(): void;
}
