import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GildEvent } from '../model/events.ts';
import { output } from '../support/process.ts';
import { createRunLog, newRunId, readRunLog, runLogPath } from './run-log.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'gild-log-'));
});

afterEach(() => rm(home, { recursive: true, force: true }));

const line = (text: string): GildEvent => ({
  time: 1,
  type: 'step.output',
  step: 's',
  stream: 'stdout',
  lines: [text],
});
const finished: GildEvent = { time: 2, type: 'step.finished', step: 's', status: 'success', seconds: 1 };

describe('a run log', () => {
  it('gives back what was appended, in order', async () => {
    const log = createRunLog(home, 'r');
    const events = [line('a'), line('ünï\n"code"'), finished, line('x'.repeat(200_000)), line('last')];
    for (const event of events) log.append(event);
    log.close();
    expect(await read()).toEqual(events);
  });

  it('is on disk when a step ends, before it is closed', async () => {
    const log = createRunLog(home, 'r');
    log.append(line('a'));
    expect(await read()).toEqual([]);
    log.append(finished);
    expect(await read()).toHaveLength(2);
    log.close();
  });

  it('is complete when the process exits without closing it', async () => {
    const script = `
      const { createRunLog } = await import(${JSON.stringify(join(import.meta.dirname, 'run-log.ts'))});
      createRunLog(${JSON.stringify(home)}, 'r').append(${JSON.stringify(line('a'))});
      process.exit(0);`;
    await output([process.execPath, '--input-type=module', '-e', script]);
    expect(await read()).toEqual([line('a')]);
  });

  it('can be read when its last line is cut off, and when another line is damaged', async () => {
    await createRunLog(home, 'r').close();
    const whole = JSON.stringify(line('a'));
    await appendFile(runLogPath(home, 'r'), `${whole}\n{"broken\n${whole}\n${whole.slice(0, 20)}`);
    expect((await read()).map((event) => event.type)).toEqual(['step.output', 'warning', 'step.output']);
  });

  it('can be followed while it grows, to the end of its run', async () => {
    const log = createRunLog(home, 'r');
    log.append(finished);
    let running = true;
    const seen: GildEvent[] = [];
    for await (const event of readRunLog(log.path, { follow: async () => running })) {
      seen.push(event);
      if (seen.length === 1) {
        log.append(line('later'));
        log.append(finished);
        log.close();
        running = false;
      }
    }
    expect(seen).toEqual([finished, line('later'), finished]);
  });

  it('keeps a million lines in order', async () => {
    const log = createRunLog(home, 'r');
    for (let batch = 0; batch < 1000; batch++) {
      const lines = Array.from({ length: 1000 }, (_, index) => `line ${batch * 1000 + index}`);
      log.append({ time: 1, type: 'step.output', step: 's', stream: 'stdout', lines });
    }
    log.close();
    let next = 0;
    for await (const event of readRunLog(log.path)) {
      if (event.type !== 'step.output') continue;
      for (const text of event.lines) if (text === `line ${next}`) next++;
    }
    expect(next).toBe(1_000_000);
  });

  it('is closed to other users', async () => {
    const log = createRunLog(home, 'r');
    log.close();
    expect((await stat(log.path)).mode & 0o777).toBe(0o600);
    expect(await readFile(log.path, 'utf8')).toBe('');
  });
});

describe('a run id', () => {
  it('sorts by time', () => {
    expect(newRunId(new Date('2026-11-22T11:06:24.999Z'))).toMatch(/^20261122-110624-[0-9a-f]{4}$/);
  });
});

async function read(): Promise<GildEvent[]> {
  const events: GildEvent[] = [];
  for await (const event of readRunLog(runLogPath(home, 'r'))) events.push(event);
  return events;
}
