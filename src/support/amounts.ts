export const bytesPattern = /^\d{1,15}(\.\d{1,6})?\s?(B|KiB|MiB|GiB|TiB|kB|MB|GB|TB)$/;

export const durationPattern = /^\d{1,6}[smhdw]$/;

/** `2GiB` as bytes; takes what fits `bytesPattern`. */
export function bytesOf(amount: string): number {
  const [, number, unit] = /^([\d.]+)\s?(\w+)$/.exec(amount) ?? [];
  return Math.round(Number(number) * (byteUnits[unit ?? 'B'] ?? 1));
}

/** `7d` as seconds; takes what fits `durationPattern`. */
export function secondsOf(duration: string): number {
  return Number.parseInt(duration, 10) * (secondUnits[duration.at(-1) ?? 's'] ?? 1);
}

const byteUnits: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

const secondUnits: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
