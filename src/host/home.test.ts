import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { closedAncestor, defaultHome } from './home.ts';

describe('the home', () => {
  it('is where GILD_HOME says', () => {
    expect(defaultHome({ GILD_HOME: '/somewhere/../else' })).toBe('/else');
  });

  it('is known to lie behind a folder that others cannot search', () => {
    const top = mkdtempSync(join(tmpdir(), 'gild-home-'));
    mkdirSync(join(top, 'a/b/c'), { recursive: true });
    chmodSync(top, 0o711);
    expect(closedAncestor(join(top, 'a/b/c'))).toBeUndefined();
    chmodSync(join(top, 'a/b'), 0o700);
    expect(closedAncestor(join(top, 'a/b/c'))).toBe(join(top, 'a/b'));
    chmodSync(top, 0o750);
    expect(closedAncestor(join(top, 'a/b/c'))).toBe(top);
    rmSync(top, { recursive: true });
  });
});
