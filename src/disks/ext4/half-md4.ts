/** The hash by which large directories are indexed, over bytes taken as unsigned; as in the kernel's `fs/ext4/hash.c`. */
export function nameHash(name: Buffer, seed: readonly number[]): number {
  const state = [...seed];
  for (let at = 0; at < name.length; at += 32) mix(state, words(name, at));
  const hash = ((state[1] as number) & ~1) >>> 0;
  return hash === endOfDirectory ? endOfDirectory - 2 : hash;
}

const endOfDirectory = 0xfffffffe;

/** Eight words of the name from `at`, filled up with a word made of the length that is left. */
function words(name: Buffer, at: number): Int32Array {
  const rest = name.length - at;
  const pad = rest | (rest << 8) | ((rest | (rest << 8)) << 16);
  const found = new Int32Array(8).fill(pad);
  const length = Math.min(rest, 32);
  let value = pad;
  for (let index = 0; index < length; index++) {
    value = (name[at + index] as number) + (value << 8);
    if (index % 4 === 3 || index === length - 1) found[index >> 2] = value;
    if (index % 4 === 3) value = pad;
  }
  return found;
}

type Mixer = (x: number, y: number, z: number) => number;

/** Of each of the three rounds: function, constant, which word comes when, and by how much to rotate. */
const rounds: readonly {
  readonly mixer: Mixer;
  readonly constant: number;
  readonly order: readonly number[];
  readonly shifts: readonly number[];
}[] = [
  {
    mixer: (x, y, z) => z ^ (x & (y ^ z)),
    constant: 0,
    order: [0, 1, 2, 3, 4, 5, 6, 7],
    shifts: [3, 7, 11, 19],
  },
  {
    mixer: (x, y, z) => (x & y) + ((x ^ y) & z),
    constant: 0x5a827999,
    order: [1, 3, 5, 7, 0, 2, 4, 6],
    shifts: [3, 5, 9, 13],
  },
  {
    mixer: (x, y, z) => x ^ y ^ z,
    constant: 0x6ed9eba1,
    order: [3, 7, 2, 6, 1, 5, 0, 4],
    shifts: [3, 9, 11, 15],
  },
];

function mix(state: number[], input: Int32Array): void {
  let [a, b, c, d] = state as [number, number, number, number];
  for (const { mixer, constant, order, shifts } of rounds) {
    for (let step = 0; step < 8; step++) {
      const shift = shifts[step % 4] as number;
      const sum = (a + mixer(b, c, d) + (input[order[step] as number] as number) + constant) | 0;
      [a, b, c, d] = [d, (sum << shift) | (sum >>> (32 - shift)), b, c];
    }
  }
  state[0] = ((state[0] as number) + a) | 0;
  state[1] = ((state[1] as number) + b) | 0;
  state[2] = ((state[2] as number) + c) | 0;
  state[3] = ((state[3] as number) + d) | 0;
}
