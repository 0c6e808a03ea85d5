import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { GildError } from '../support/errors.ts';
import type { ProcessStream } from '../support/process-stream.ts';

/** A port of the host's loopback that leads to a port of a machine. */
export interface Forward {
  readonly outside: number;
  readonly inside: number;
}

/** Listens on all of them, and returns what stops that. Throws `USAGE` where a port is taken. */
export async function forwardPorts(
  forwards: readonly Forward[],
  open: (port: number) => ProcessStream,
): Promise<() => void> {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const stop = () => {
    for (const server of servers) server.close();
    for (const socket of sockets) socket.destroy();
  };
  try {
    for (const { outside, inside } of forwards) {
      const server = createServer((socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        join(socket, open(inside));
      });
      servers.push(server);
      await listen(server, outside);
    }
    return stop;
  } catch (error) {
    stop();
    throw error;
  }
}

function join(socket: Socket, { socket: inner, hangUp }: ProcessStream): void {
  const end = () => {
    socket.destroy();
    void hangUp();
  };
  socket.on('error', end).on('close', end);
  inner.on('error', end);
  inner.pipe(socket);
  socket.pipe(inner, { end: false });
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new GildError({
      code: 'USAGE',
      message: `Port ${port} of this host cannot be used: ${(error as Error).message}.`,
      hint: 'Choose another: `--publish 8080:80`.',
      cause: error,
    });
  }
}
