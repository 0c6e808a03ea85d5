import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bufferSize = 512 * 1024;

export interface SocketPair {
  /** What a child process writes into. */
  readonly input: Socket;
  /** Resolves when all was taken; rejects with what `take` throws. */
  readonly finished: Promise<void>;
}

/**
 * Two connected sockets. What goes into one comes out at the other into one piece of memory, so that much output costs no
 * garbage: `take` gets it, and has it until the promise that it returns is settled.
 */
export async function openSocketPair(take: (bytes: Buffer) => Promise<void>): Promise<SocketPair> {
  const folder = await mkdtemp(join(tmpdir(), 'gild-socket-'));
  const server = createServer({ pauseOnConnect: true });
  try {
    const path = join(folder, 'socket');
    server.listen(path);
    await once(server, 'listening');
    const output = connect({
      path,
      onread: {
        buffer: Buffer.allocUnsafeSlow(bufferSize),
        callback: (length, buffer) => {
          const bytes = (buffer as Buffer).subarray(0, length);
          take(bytes).then(
            () => output.resume(),
            (error: Error) => output.destroy(error),
          );
          return false;
        },
      },
    });
    const finished = once(output, 'close').then(() => undefined);
    finished.catch(() => undefined);
    const [input] = (await once(server, 'connection')) as [Socket];
    return { input, finished };
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
}
