import { availableParallelism } from 'node:os';
import { Transform } from 'node:stream';
import { constants, createZstdCompress } from 'node:zlib';

const frameSize = 8 * 1024 * 1024;

/** One of the four threads that Node has for this is left to the disk. */
const mostAtOnce = Math.min(3, availableParallelism());

const params = { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 };

/**
 * A frame for every 8 MiB, several at once. Equal content gives equal bytes, however it is cut and however many
 * threads there are. (Node's own stream depends on the cuts, and breaks with workers.)
 */
export function createZstdCompressor(): Transform {
  const free: Buffer[] = [];
  const running: Promise<Buffer>[] = [];
  let frame = takeFrame();
  let filled = 0;
  let any = false;

  function takeFrame(): Buffer {
    return free.pop() ?? Buffer.allocUnsafeSlow(frameSize);
  }

  function start(): void {
    const content = frame;
    running.push(compressFrame(content.subarray(0, filled)).finally(() => free.push(content)));
    running.at(-1)?.catch(() => undefined);
    any = true;
    filled = 0;
  }

  async function push(stream: Transform, atMost: number): Promise<void> {
    while (running.length > atMost) stream.push(await running.shift());
  }

  async function take(stream: Transform, chunk: Buffer): Promise<void> {
    for (let from = 0; from < chunk.length; ) {
      const copied = chunk.copy(frame, filled, from, from + frameSize - filled);
      from += copied;
      filled += copied;
      if (filled < frameSize) return;
      start();
      await push(stream, mostAtOnce - 1);
      frame = takeFrame();
    }
  }

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (chunk.length < frameSize - filled) {
        filled += chunk.copy(frame, filled);
        done();
      } else {
        take(this, chunk).then(() => done(), done);
      }
    },
    flush(done) {
      if (filled > 0 || !any) start();
      push(this, 0).then(() => done(), done);
    },
  });
}

/**
 * In one call: it knows that this is all, and has room for the worst, so zstd works on `content` itself instead of on
 * copies. `zstdCompress` of Node does not tell it so.
 */
function compressFrame(content: Buffer): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunkSize = content.length + (content.length >>> 8) + 1024;
  const stream = createZstdCompress({ params, flush: constants.ZSTD_e_end, chunkSize });
  const parts: Buffer[] = [];
  stream.on('data', (part: Buffer) => parts.push(part));
  stream.once('error', reject);
  stream.write(content, () => {
    resolve(Buffer.concat(parts));
    stream.destroy();
  });
  return promise;
}
