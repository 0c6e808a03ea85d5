import { Duplex, PassThrough } from 'node:stream';
import type { Machine } from '../platforms/types.ts';

export interface Line {
  readonly socket: Duplex;
  /** Closes it, and waits until nothing of it is left in the machine. */
  hangUp(): Promise<void>;
}

/** A TCP connection from inside the machine, by the toolbox's `nc`: nothing of ours runs in the image. */
export function dial(machine: Machine, address: { readonly host: string; readonly port: number }): Line {
  const toServer = new PassThrough();
  const hangUp = new AbortController();
  const socket = new Duplex({
    read() {},
    write: (chunk, _encoding, done) => void (toServer.write(chunk) ? done() : toServer.once('drain', done)),
    // The way to the server stays open: some take its end for the client's leaving.
    final: (done) => done(),
    destroy: (error, done) => {
      hangUp.abort();
      toServer.destroy();
      done(error);
    },
  });
  // Whoever uses the socket hears of its errors; this is for when nobody does any more.
  socket.on('error', () => undefined);
  const ended = connect(machine, { ...address, socket, toServer, signal: hangUp.signal });
  return {
    socket,
    hangUp: () => {
      socket.destroy();
      return ended;
    },
  };
}

async function connect(
  machine: Machine,
  line: { host: string; port: number; socket: Duplex; toServer: PassThrough; signal: AbortSignal },
): Promise<void> {
  const { socket, signal } = line;
  const complaints: Buffer[] = [];
  try {
    const { exitCode } = await machine.run({
      argv: [...machine.toolbox, 'nc', line.host, String(line.port)],
      stdin: line.toServer,
      signal,
      onStdout: (chunk) => socket.push(chunk),
      onStderr: (chunk) => complaints.push(chunk),
    });
    if (exitCode === 0) socket.push(null);
    else socket.destroy(new Error(complaint(Buffer.concat(complaints).toString(), exitCode)));
  } catch (error) {
    if (!signal.aborted) socket.destroy(error as Error);
  }
}

function complaint(text: string, exitCode: number): string {
  if (/refused/i.test(text)) return 'nothing listens on that port';
  if (exitCode === 127) return 'the machine has no `nc` to connect with';
  return text.trim().split('\n').at(-1)?.replace(/^nc: /, '') || `the connection ended with code ${exitCode}`;
}
