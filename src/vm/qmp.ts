import { closeSync, constants, openSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createLineStream } from '../support/line-stream.ts';

/** QEMU's control channel: one command at a time, over a Unix socket. Source: QEMU's QMP specification. */
export interface Qmp {
  /** Throws what QEMU says against it, or that it is gone. */
  execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): void;
}

export interface QmpEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface QmpOptions {
  readonly folder: string;
  /** Name of the socket in it. */
  readonly socket: string;
  readonly onEvent: (event: QmpEvent) => void;
  /** Says that there will be no socket. */
  readonly signal: AbortSignal;
}

/** Waits for the socket to appear. */
export async function openQmp({ onEvent, ...where }: QmpOptions): Promise<Qmp> {
  const socket = await dial(where);
  const waiting: { resolve(value: unknown): void; reject(error: Error): void }[] = [];
  const end = (error?: Error) => {
    for (const one of waiting.splice(0)) one.reject(error ?? new Error('the virtual machine has stopped'));
  };
  socket.on('error', end);
  socket.on('close', () => end());
  const greeted = Promise.withResolvers<void>();
  greeted.promise.catch(() => undefined);
  socket.on('close', () => greeted.reject(new Error('the virtual machine stopped at once')));
  const read = (line: string) => {
    const message = JSON.parse(line) as Message;
    if (message.QMP) greeted.resolve();
    else if ('return' in message) waiting.shift()?.resolve(message.return);
    else if (message.error) waiting.shift()?.reject(new Error(message.error.desc));
    else if (message.event !== undefined) onEvent({ event: message.event, data: message.data ?? {} });
  };
  const stream = createLineStream((text) => text);
  socket.on('data', (chunk) => stream.push(chunk).forEach(read));
  const execute = (command: string, args: Readonly<Record<string, unknown>> = {}) => {
    const answer = Promise.withResolvers<unknown>();
    if (socket.destroyed) return Promise.reject(new Error('the virtual machine has stopped'));
    waiting.push(answer);
    socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    return answer.promise;
  };
  await greeted.promise;
  await execute('qmp_capabilities');
  return { execute, close: () => void socket.destroy() };
}

/** Answers come in the order of the commands, events when they happen. */
interface Message {
  readonly QMP?: unknown;
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
  readonly event?: string;
  readonly data?: QmpEvent['data'];
}

const retryMs = 20;

/** By the folder's descriptor, for paths of sockets must be short. */
async function dial({ folder, socket: name, signal }: Omit<QmpOptions, 'onEvent'>): Promise<Socket> {
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    for (;;) {
      signal.throwIfAborted();
      const { promise, resolve } = Promise.withResolvers<Socket | undefined>();
      const socket = connect(`/proc/self/fd/${descriptor}/${name}`);
      socket.once('connect', () => resolve(socket));
      socket.once('error', () => resolve(undefined));
      const connected = await promise;
      if (connected) return connected.removeAllListeners('error');
      await delay(retryMs, undefined, { signal });
    }
  } finally {
    closeSync(descriptor);
  }
}
