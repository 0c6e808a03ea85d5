import { describe, expect, it } from 'vitest';
import { readRelease, requireFresh } from './release.ts';

const text = `Origin: Debian
Suite: oldstable-security
Codename: bookworm-security
Date: Sat, 21 Nov 2026 00:53:02 UTC
Valid-Until: Sat, 28 Nov 2026 00:53:02 UTC
Architectures: all amd64 arm64
SHA256:
 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 main/Date: Mon, 01 Jan 2035 00:00:00 UTC
`;
const digest = `sha256:${'0'.repeat(64)}` as const;
const release = { digest, ...readRelease(text, 'it') };

describe('a signed list of a Debian archive', () => {
  it('is read up to its files', () => {
    expect(release).toMatchObject({
      suite: 'oldstable-security',
      codename: 'bookworm-security',
      architectures: ['all', 'amd64', 'arm64'],
      date: Date.UTC(2026, 10, 21, 0, 53, 2) / 1000,
      validUntil: Date.UTC(2026, 10, 28, 0, 53, 2) / 1000,
    });
  });

  it('is refused after the date until which it is valid', () => {
    expect(() => requireFresh(release, 'it', release.date + 60)).not.toThrow();
    expect(() => requireFresh(release, 'http://x/InRelease', Date.UTC(2026, 11, 1) / 1000)).toThrow(
      "http://x/InRelease is out of date: it was valid until 2026-11-28 00:53, and this host's clock says 2026-12-01 00:00.",
    );
  });

  it('is refused when it comes from the future', () => {
    expect(() => requireFresh(release, 'it', release.date - 2 * 86_400)).toThrow(/in the future/);
  });

  it('is refused without a date', () => {
    expect(() => readRelease('Suite: x\n', 'it')).toThrow();
  });
});
