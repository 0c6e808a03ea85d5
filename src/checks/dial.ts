import type { Machine } from '../platforms/types.ts';
import { type ProcessStream, processStream } from '../support/process-stream.ts';

/** A TCP connection from inside the machine, by the toolbox's `nc`: nothing of ours runs in the image. */
export function dial(
  machine: Machine,
  address: { readonly host: string; readonly port: number },
): ProcessStream {
  const argv = [...machine.toolbox, 'nc', address.host, String(address.port)];
  return processStream((io) => machine.run({ ...io, argv }), complaint);
}

function complaint(text: string, exitCode: number): string {
  if (/refused/i.test(text)) return 'nothing listens on that port';
  if (exitCode === 127) return 'the machine has no `nc` to connect with';
  return text.trim().split('\n').at(-1)?.replace(/^nc: /, '') || `the connection ended with code ${exitCode}`;
}
