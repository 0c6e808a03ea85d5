import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createRandom, testSeed } from '../../test/support/random.ts';
import { defaultLimits } from '../support/tar/limits.ts';
import { rawTar } from '../support/tar/testing/raw-tar.ts';
import { transformTar } from '../support/tar/transform.ts';
import { decompressUntrusted, sniff } from './compression.ts';
import { guard } from './guard.ts';
import { toOverlay } from './overlay.ts';
import { escapes } from './testing/escapes.ts';
import { type HostileArchive, hostileArchives } from './testing/hostile-archives.ts';

const archives = hostileArchives('/var/victim');

/** What GNU tar would be given. */
async function admitted(
  bytes: Buffer,
  whiteouts: 'refuse' | 'allow',
  limits = defaultLimits,
): Promise<Buffer> {
  const { compression, whole } = await sniff(Readable.from([bytes], { objectMode: false }));
  const plain = decompressUntrusted(whole, compression, limits);
  const endMark = whiteouts === 'refuse' ? 'required' : 'optional';
  const chunks: Buffer[] = [];
  for await (const chunk of transformTar(plain, (out) => guard(toOverlay(out), { whiteouts, limits }), {
    limits,
    endMark,
  })) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function verdict(archive: HostileArchive, as: 'rootfs' | 'layer'): Promise<string> {
  try {
    const problems = escapes(await admitted(archive.bytes, as === 'rootfs' ? 'refuse' : 'allow'));
    return problems.length === 0 ? 'harmless' : `ESCAPES: ${problems.join('; ')}`;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return code === 'ARCHIVE_REFUSED' ? message : `${code}: ${message}`;
  }
}

describe('a hostile archive', () => {
  it(`is one of at least 120`, () => {
    expect(archives.length).toBeGreaterThanOrEqual(120);
    expect(new Set(archives.map(({ name }) => name)).size).toBe(archives.length);
  });

  it.each(archives)('is refused or made harmless: $name', async (archive) => {
    expect(await verdict(archive, 'rootfs')).toMatch(archive.asRootfs);
    expect(await verdict(archive, 'layer')).toMatch(archive.asLayer);
  });

  it('is refused with the entry and the byte at which it starts', async () => {
    const bytes = rawTar([{ name: 'fine' }, { name: '../evil\n' }]);
    await expect(admitted(bytes, 'refuse')).rejects.toThrow(
      'The archive is refused at `../evil\\u000a` (byte 512): its path has `..` in it.',
    );
  });

  it('is refused wherever it is cut off', async () => {
    const whole = rawTar([
      { name: 'a', content: 'x'.repeat(700) },
      { name: 'd/', type: '5' },
      { name: 'b', content: 'y' },
    ]);
    for (let length = 0; length < whole.length; length += 128) {
      await expect(admitted(whole.subarray(0, length), 'refuse')).rejects.toMatchObject({
        code: 'ARCHIVE_REFUSED',
      });
    }
    expect(escapes(await admitted(whole, 'refuse'))).toEqual([]);
  });

  it('is refused when it has too many entries or is too large', async () => {
    const bytes = rawTar(Array.from({ length: 20 }, (_, i) => ({ name: `f${i}`, content: 'x' })));
    const few = { ...defaultLimits, entries: 10 };
    await expect(admitted(bytes, 'refuse', few)).rejects.toThrow('more than 10 entries');
    const small = { ...defaultLimits, totalBytes: 5000 };
    await expect(admitted(bytes, 'refuse', small)).rejects.toThrow('larger than 5000 bytes');
  });

  it('of random mutations never leads outside', async () => {
    const seed = testSeed('hostile archives');
    const random = createRandom(seed);
    const plain = archives.filter(
      ({ bytes }) => bytes.length >= 1024 && bytes.length < 20_000 && bytes[0] !== 0x1f && bytes[0] !== 0x28,
    );
    let refused = 0;
    for (let run = 0; run < 3000; run++) {
      const source = plain[Math.floor(random() * plain.length)] as HostileArchive;
      const bytes = mutated(source.bytes, random);
      const found = await verdict({ ...source, bytes }, 'layer');
      if (found !== 'harmless') refused++;
      if (found !== 'harmless' && !found.startsWith('The archive is refused')) {
        expect.fail(`GILD_TEST_SEED=${seed}, run ${run} (${source.name}): ${found}`);
      }
    }
    expect(refused, `GILD_TEST_SEED=${seed}`).toBeGreaterThan(0);
  });
});

/** Changes some header fields and makes the checksums right again, so that the change is looked at. */
function mutated(bytes: Buffer, random: () => number): Buffer {
  const copy = Buffer.from(bytes);
  const pick = (count: number) => Math.floor(random() * count);
  for (let change = 0; change <= pick(4); change++) {
    const block = pick(copy.length / 512) * 512;
    const at = block + pick(512);
    const choices = [pick(256), 0x2e, 0x2f, 0, 0x30 + pick(8), 0x80];
    copy[at] = choices[pick(choices.length)] as number;
    copy.fill('        ', block + 148, block + 156);
    const sum = copy.subarray(block, block + 512).reduce((total, byte) => total + byte, 0);
    if (random() < 0.9) copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, block + 148, 'latin1');
  }
  return copy;
}
