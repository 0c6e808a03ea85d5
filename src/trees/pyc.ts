import type { TarEntry, TarSink } from '../support/tar/entry.ts';

const headerLength = 16;

/**
 * Compiled Python files name the time stamp of their source, and are worthless once that differs. Where the
 * source is later than `epoch`, it is about to get that time stamp: so does the compiled file here. What is
 * changed goes to `changed` as well.
 */
export function stampPyc(out: TarSink, epoch: number, changed?: TarSink): TarSink {
  let current: TarEntry | undefined;
  let head = Buffer.alloc(0);
  let copying = false;

  function pass(bytes: Buffer): void {
    out.data(bytes);
    if (copying) changed?.data(bytes);
  }

  return {
    entry(entry) {
      copying = false;
      current =
        entry.type === 'file' && entry.size >= headerLength && entry.path.endsWith('.pyc')
          ? entry
          : undefined;
      head = Buffer.alloc(0);
      out.entry(entry);
    },
    data(bytes) {
      if (current === undefined) return pass(bytes);
      const rest = bytes.subarray(headerLength - head.length);
      head = Buffer.concat([head, bytes.subarray(0, headerLength - head.length)]);
      if (head.length < headerLength) return;
      if (isStamped(head) && head.readUInt32LE(8) > epoch) {
        head.writeUInt32LE(epoch, 8);
        copying = true;
        changed?.entry(current);
      }
      current = undefined;
      pass(head);
      if (rest.length > 0) pass(rest);
    },
    end: () => out.end(),
  };
}

/** Magic number that ends in CR LF, then flags: 0 where the time stamp decides (else a hash of the source). */
function isStamped(head: Buffer): boolean {
  return head[2] === 0x0d && head[3] === 0x0a && head.readUInt32LE(4) === 0;
}
