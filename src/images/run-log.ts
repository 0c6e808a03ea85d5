import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, watch, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { GildEvent } from '../model/events.ts';

/** One run's events as they come, a JSON line each, in `runs/<id>/events.jsonl`. */
export interface RunLog {
  readonly path: string;
  /** Buffers; on disk at the latest when a step or the run ends, and when the process exits. Throws when the disk is full. */
  append(event: GildEvent): void;
  close(): void;
}

export interface ReadOptions {
  /** Waits for more until the run ends; asked whenever there is nothing more. */
  readonly follow?: () => Promise<boolean>;
  readonly signal?: AbortSignal | undefined;
}

/** Sorts by time, and is short enough to type the beginning of: `20261122-110624-3f9a`. */
export function newRunId(now = new Date()): string {
  const [date = '', time = ''] = now.toISOString().replaceAll(/[-:]/g, '').split(/[T.]/);
  return `${date}-${time}-${randomBytes(2).toString('hex')}`;
}

export function runLogPath(home: string, runId: string): string {
  return join(home, 'runs', runId, 'events.jsonl');
}

export function createRunLog(home: string, runId: string): RunLog {
  const path = runLogPath(home, runId);
  mkdirSync(join(home, 'runs', runId), { recursive: true, mode: 0o700 });
  const file = openSync(path, 'a', 0o600);
  let lines: string[] = [];
  let buffered = 0;
  const flush = () => {
    const text = lines.join('');
    lines = [];
    buffered = 0;
    if (text !== '') writeAll(file, text);
  };
  process.on('exit', flush);
  let closed = false;
  return {
    path,
    append: (event) => {
      const line = `${JSON.stringify(event)}\n`;
      lines.push(line);
      buffered += line.length;
      if (buffered > bufferLimit || isMilestone(event)) flush();
    },
    close: () => {
      if (closed) return;
      closed = true;
      process.off('exit', flush);
      try {
        flush();
      } finally {
        closeSync(file);
      }
    },
  };
}

/**
 * The events of a run in their order. A last line that a killed process left unfinished is passed over; any other
 * broken line becomes a warning, so that the rest can still be read. Nothing where there is no log.
 */
export async function* readRunLog(path: string, options: ReadOptions = {}): AsyncGenerator<GildEvent> {
  let number = 0;
  for await (const line of readLines(path, options)) {
    number++;
    yield parse(line, number);
  }
}

const bufferLimit = 64 * 1024;

function isMilestone(event: GildEvent): boolean {
  return event.type !== 'step.output' || event.stream === 'note';
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}

function parse(line: string, number: number): GildEvent {
  try {
    return JSON.parse(line) as GildEvent;
  } catch {
    const message = `Line ${number} of the log is damaged and left out.`;
    return { time: 0, type: 'warning', code: 'STORE_DAMAGED', message };
  }
}

async function* readLines(path: string, { follow, signal }: ReadOptions): AsyncGenerator<string> {
  const file = await openIfThere(path);
  if (!file) return;
  const decoder = new StringDecoder('utf8');
  const chunk = Buffer.alloc(bufferLimit);
  let rest: string[] = [];
  let ending = follow === undefined;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(chunk, 0, chunk.length);
      if (bytesRead > 0) {
        const [first = '', ...others] = decoder.write(chunk.subarray(0, bytesRead)).split('\n');
        rest.push(first);
        const last = others.pop();
        if (last === undefined) continue;
        yield rest.join('');
        yield* others;
        rest = [last];
      } else if (ending) {
        return;
      } else if (await follow?.()) {
        await nextChange(path, signal);
      } else {
        // The writer may have written its last between our read and its end.
        ending = true;
      }
    }
  } finally {
    await file.close();
  }
}

async function openIfThere(path: string) {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Until the file changes, or long enough for a change to have been missed. */
function nextChange(path: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(path, { persistent: false });
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      watcher.close();
      resolve();
    };
    const timer = setTimeout(done, 250);
    watcher.once('change', done);
    watcher.once('error', done);
    signal?.addEventListener('abort', done, { once: true });
  });
}
