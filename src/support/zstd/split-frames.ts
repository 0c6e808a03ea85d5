import { archiveRefusal } from '../tar/refusal.ts';

type Step = 'magic' | 'descriptor' | 'block' | 'skippable';

const fieldLength: Readonly<Record<Step, number>> = { magic: 4, descriptor: 1, block: 3, skippable: 4 };
const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const dictionaryBytes = [0, 1, 2, 4];
const sizeBytes = [0, 2, 4, 8];

/**
 * Cuts zstd data so that no piece reaches over the end of a frame, and leaves out skippable frames: Node's
 * decoder silently stops at the first frame whose end lies within what it was given.
 */
export async function* splitFrames(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let step = 'magic' as Step;
  let value = 0;
  let have = 0;
  let through = 0;
  let checksum = 0;
  let closing = false;

  function nextStep(): Step {
    switch (step) {
      case 'magic':
        if (value >>> 4 === 0x0184d2a5) return 'skippable';
        if (value === 0xfd2fb528) return 'descriptor';
        throw archiveRefusal('its zstd compression is damaged');
      case 'descriptor': {
        const single = (value & 0x20) !== 0;
        checksum = value & 4 ? 4 : 0;
        through =
          (single ? 0 : 1) + (dictionaryBytes[value & 3] ?? 0) + (sizeBytes[value >> 6] || (single ? 1 : 0));
        return 'block';
      }
      case 'block': {
        const type = (value >> 1) & 3;
        if (type === 3) throw archiveRefusal('its zstd compression is damaged');
        closing = (value & 1) === 1;
        through = (type === 1 ? 1 : value >> 3) + (closing ? checksum : 0);
        return 'block';
      }
      case 'skippable':
        closing = true;
        through = value;
        return 'skippable';
    }
  }

  for await (const chunk of source) {
    let from = 0;
    for (let at = 0; at < chunk.length; ) {
      if (through > 0) {
        const taken = Math.min(through, chunk.length - at);
        at += taken;
        through -= taken;
      } else {
        value += (chunk[at] ?? 0) * 256 ** have;
        at++;
        have++;
        if (have < fieldLength[step]) continue;
        const first = step === 'magic';
        step = nextStep();
        value = 0;
        have = 0;
        if (first) from = at;
        if (first && step === 'descriptor') yield magic;
      }
      if (!closing || through > 0) continue;
      if (step !== 'skippable' && at > from) yield chunk.subarray(from, at);
      closing = false;
      step = 'magic';
      from = at;
    }
    if ((step === 'descriptor' || step === 'block') && chunk.length > from) yield chunk.subarray(from);
  }
  if (step !== 'magic' || have > 0) throw archiveRefusal('its compression is cut off');
}
