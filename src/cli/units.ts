const sizes = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Powers of 1000, as disks and registries count: `84.2 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.95 && unit < sizes.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${sizes[unit]}`;
}

/** `0.3s`, `12.0s`, `3m 05s`, `1h 02m`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m ${String(whole % 60).padStart(2, '0')}s`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
}

/** `just now`, `5 minutes ago`, `2 hours ago`, `3 days ago`; the day itself after a month. Takes RFC 3339. */
export function formatAge(then: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(then)) / 1000;
  if (seconds < 60) return 'just now';
  for (const [unit, length, limit] of ages) {
    const count = Math.floor(seconds / length);
    if (count < limit) return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
  }
  return then.slice(0, 10);
}

const ages = [
  ['minute', 60, 60],
  ['hour', 3600, 24],
  ['day', 86_400, 31],
] as const;

/** `2026-11-22 11:06:24 UTC` */
export function formatTime(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
}

/** `1 file`, `2 files`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `sha256:0123456789ab`: enough for a person to tell digests apart. */
export function shortDigest(digest: string): string {
  return digest.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1');
}
