import { expect, it } from 'vitest';
import { createConsole } from './console.ts';

/** How many login prompts were seen when pieces came in this way. */
function promptsIn(...pieces: readonly string[]): number {
  const serial = createConsole(() => undefined);
  for (const piece of pieces) serial.push(Buffer.from(piece));
  return serial.prompts();
}

it('sees a login prompt once, in whatever pieces it comes', () => {
  expect(promptsIn('Debian\r\n\r\ndebian login: ')).toBe(1);
  expect(promptsIn('debian lo', 'gin:', ' ', '[ 75.2] cloud-init: done\r\n', 'more')).toBe(1);
  expect(promptsIn('debian login: ', '\r\ndebian login: ')).toBe(2);
  expect(promptsIn('\u001b[0mlogin: ')).toBe(1);
});

it('sees a login prompt behind which others write at once', () => {
  expect(promptsIn('\r\ndebian login: [   75.207832] cloud-init[458]: running\r\n[   76.1] more\r\n')).toBe(
    1,
  );
});

it('takes no message about logins for a prompt', () => {
  expect(promptsIn('[  OK  ] Reached target Login Prompts.\r\nLast login: today on tty1\r\n')).toBe(0);
});
