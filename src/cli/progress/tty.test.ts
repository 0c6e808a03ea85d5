import { describe, expect, it } from 'vitest';
import type { GildEvent } from '../../model/events.ts';
import { marksFor, plainPaint } from '../paint.ts';
import { began, events, failed, succeeded, tested } from './sample-run.ts';
import { createTestScreen } from './test-screen.ts';
import { textWidth } from './text-width.ts';
import { createTtyProgress } from './tty.ts';

describe('the live tree', () => {
  it('shows the running step with its last lines, made harmless', () => {
    expect(play(events(began()), 72).text()).toMatchInlineSnapshot(`
      "Building web-server 1.0.0  run 0198ab12
      ✔ base debian:bookworm                                      reused 0.1s
      ● nginx 1.0.0  Web server from Debian                              2.4s
        ✔ build/Update  ExecuteBash                                      1.2s
        ● build/Install  ExecuteBash                                     1.1s
          │ two
          │ three
          │ 100% 設定
          │ five
          │ six"
    `);
  });

  it('leaves one line for each finished step', () => {
    const screen = play(events(succeeded()), 72, 'close');
    expect(screen.text()).toMatchInlineSnapshot(`
      "Building web-server 1.0.0  run 0198ab12
      ✔ base debian:bookworm                                      reused 0.1s
      ✔ nginx 1.0.0  Web server from Debian                             12.5s
      ! The base is 200 days old."
    `);
    expect(screen.cursorVisible).toBe(true);
  });

  it('keeps the parts of a failed step on the screen', () => {
    expect(play(events(failed()), 72, 'close').text()).toMatchInlineSnapshot(`
      "Building web-server 1.0.0  run 0198ab12
      ✔ base debian:bookworm                                      reused 0.1s
      ✖ nginx 1.0.0  Web server from Debian                       failed 5.6s
        ✔ build/Update  ExecuteBash                                      1.2s
        ✖ build/Install  ExecuteBash                              failed 4.2s"
    `);
  });

  it('shows each test as it ends, and leaves its line', () => {
    const done = { type: 'step.finished', step: 'test', status: 'success', seconds: 9 } as const;
    expect(play(events(tested()), 72).text()).toMatchInlineSnapshot(`
      "● test on fresh machines (4)                                       4.5s
        ✔ the page is served  boots in 16.2 s (BIOS)              reused 3.0s
        ✔ it boots  boots in 16.2 s (BIOS)                               3.0s
        ✖ nginx  is dead                                          failed 3.0s
        ! ssh  no answer                                         blocked 3.0s
        │ debian login:"
    `);
    const screen = play(events([...tested(), [9, done]]), 72, 'close');
    expect(screen.text()).toMatchInlineSnapshot(`
      "✖ test on fresh machines (4)                                failed 9.0s
        ✔ the page is served  boots in 16.2 s (BIOS)              reused 3.0s
        ✔ it boots  boots in 16.2 s (BIOS)                               3.0s
        ✖ nginx  is dead                                          failed 3.0s
        ! ssh  no answer                                         blocked 3.0s"
    `);
  });

  it('never draws a line wider than the terminal or more lines than it has', () => {
    for (const columns of [20, 40, 80]) {
      const screen = play(events(began()), columns, 'show', 8);
      const lines = screen.text().split('\n').slice(1);
      expect(lines.length).toBeLessThanOrEqual(8);
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  it('goes off the screen for a question and comes back', () => {
    const screen = createTestScreen(72);
    const progress = start(screen, events(began()));
    progress.pause();
    expect(screen.text()).not.toContain('nginx');
    expect(screen.cursorVisible).toBe(true);
    progress.resume();
    expect(screen.text()).toContain('nginx');
    progress.close();
  });

  it('says that Ctrl-C was understood', () => {
    const screen = createTestScreen(72);
    const progress = start(screen, events(began()));
    progress.cancelling();
    expect(screen.text()).toContain('Cancelling ... press Ctrl-C again to kill');
    progress.close();
  });
});

function play(list: readonly GildEvent[], columns: number, end: 'show' | 'close' = 'show', rows = 24) {
  const screen = createTestScreen(columns, rows);
  const progress = start(screen, list);
  if (end === 'close') progress.close();
  else progress.resume();
  const { text, cursorVisible } = { text: screen.text(), cursorVisible: screen.cursorVisible };
  progress.close();
  return { text: () => text, cursorVisible };
}

function start(screen: ReturnType<typeof createTestScreen>, list: readonly GildEvent[]) {
  const last = list.at(-1)?.time ?? 0;
  const progress = createTtyProgress({
    screen,
    paint: plainPaint,
    marks: marksFor({}),
    now: () => last + 500,
  });
  for (const event of list) progress.show(event);
  return progress;
}
