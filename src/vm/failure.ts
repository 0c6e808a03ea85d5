import { GildError } from '../support/errors.ts';
import type { Console } from './console.ts';

/** With the last screen, which says more than any message of ours. */
export function bootFailed(message: string, serial: Console): GildError {
  const screen = serial.lastScreen();
  const said =
    screen === '' ? 'Nothing was written to the serial console.' : `Last on the console:\n${screen}`;
  return new GildError({ code: 'BOOT_FAILED', message, hint: said });
}
