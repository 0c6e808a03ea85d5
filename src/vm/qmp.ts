import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createLineStream } from '../support/line-stream.ts';

/** QEMU's control channel: one command at a time, over a Unix socket. Source: QEMU's QMP specification. */
export interface Qmp {
  /** Throws what QEMU says against it, or that it is gone. */
  execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): void;
}

/** Waits for the socket to appear, until `signal` says that there will be none. */
export async function openQmp(path: string, signal: AbortSignal): Promise<Qmp> {
  const socket = await dial(path, signal);
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

/** Answers come in the order of the commands; events have neither. */
interface Message {
  readonly QMP?: unknown;
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}

const retryMs = 20;

async function dial(path: string, signal: AbortSignal): Promise<Socket> {
  for (;;) {
    signal.throwIfAborted();
    const { promise, resolve } = Promise.withResolvers<Socket | undefined>();
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
    const connected = await promise;
    if (connected) return connected.removeAllListeners('error');
    await delay(retryMs, undefined, { signal });
  }
}
