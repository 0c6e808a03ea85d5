import { Duplex, PassThrough, type Readable } from 'node:stream';

/** What the program behind a stream is run with. */
export interface StreamIo {
  readonly stdin: Readable;
  readonly onStdout: (chunk: Buffer) => void;
  readonly onStderr: (chunk: Buffer) => void;
  readonly signal: AbortSignal;
}

export interface ProcessStream {
  readonly socket: Duplex;
  /** Closes it, and waits until the program has ended. */
  hangUp(): Promise<void>;
}

/** A program as a two-way stream: what is written is its stdin, what is read its stdout. */
export function processStream(
  run: (io: StreamIo) => Promise<{ readonly exitCode: number }>,
  explain: (stderr: string, exitCode: number) => string,
): ProcessStream {
  const stdin = new PassThrough();
  const hangUp = new AbortController();
  const socket = new Duplex({
    read() {},
    write: (chunk, _encoding, done) => void (stdin.write(chunk) ? done() : stdin.once('drain', done)),
    // The way in stays open: some take its end for the client's leaving.
    final: (done) => done(),
    destroy: (error, done) => {
      hangUp.abort();
      stdin.destroy();
      done(error);
    },
  });
  // Whoever uses the socket hears of its errors; this is for when nobody does any more.
  socket.on('error', () => undefined);
  const ended = pump();
  return {
    socket,
    hangUp: () => {
      socket.destroy();
      return ended;
    },
  };

  async function pump(): Promise<void> {
    const complaints: Buffer[] = [];
    try {
      const { exitCode } = await run({
        stdin,
        signal: hangUp.signal,
        onStdout: (chunk) => socket.push(chunk),
        onStderr: (chunk) => complaints.push(chunk),
      });
      if (exitCode === 0) socket.push(null);
      else socket.destroy(new Error(explain(Buffer.concat(complaints).toString(), exitCode)));
    } catch (error) {
      if (!hangUp.signal.aborted) socket.destroy(error as Error);
    }
  }
}
