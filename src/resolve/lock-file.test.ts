import { describe, expect, it } from 'vitest';
import type { BuildSpec, ComponentUse } from '../model/buildspec.ts';
import type { Lock } from '../model/lock.ts';
import { sha256 } from '../support/canonical.ts';
import { formatLockFile, type LockFile, lockFilePath, parseLockFile } from './lock-file.ts';
import { type BasePins, differences, lockFileOf, pinOfBase, pinVersions, withFacts } from './pins.ts';

const named = (name: string, version = 'latest'): ComponentUse => ({ kind: 'named', name, version });

const pins: BasePins = {
  wish: ({ mirror: _mirror, ...wanted }) => wanted,
  pin: ({ digest }) => ({ digest }),
};

function specOf(uses: readonly ComponentUse[], options: Record<string, unknown> = {}): BuildSpec {
  const base = { kind: 'debian', reference: 'debian:bookworm', options };
  const source = { file: '/r/recipe.yaml', directory: '/r' };
  const components = uses.map((use) => ({ use, parameters: {} }));
  return { architecture: 'amd64', base, components, source } as unknown as BuildSpec;
}

/** As if the newest of everything were 1.2.0. */
function lockOf({ components }: BuildSpec): Lock {
  const base = { kind: 'debian', reference: 'debian:bookworm', digest: sha256('base'), epoch: 1, pin: {} };
  const locked = components.map(({ use }) => ({
    name: 'x',
    version: use.kind === 'named' && use.version !== 'latest' ? use.version : '1.2.0',
    digest: sha256(JSON.stringify(use.kind)),
  }));
  return { base, components: locked, files: [] } as unknown as Lock;
}

const fileOf = (spec: BuildSpec, before?: LockFile) => lockFileOf(spec, lockOf(spec), { pins, before });

describe('a lock file', () => {
  it('stands beside its recipe', () => {
    expect(lockFilePath('/r/recipe.yaml')).toBe('/r/gild.lock');
    expect(lockFilePath('/r/recipe.ts')).toBe('/r/gild.lock');
    expect(lockFilePath('/r/web.yaml')).toBe('/r/web.gild.lock');
  });

  it('is read as it was written, and written alike each time', () => {
    const file = fileOf(specOf([named('nginx'), { kind: 'path', path: '/r/own.yaml' }]));
    const text = formatLockFile(file);
    expect(formatLockFile(parseLockFile(text, 'gild.lock'))).toBe(text);
    expect(text).toContain('"use": "./own.yaml"');
  });

  it.each([
    ['half a file', '{"schema": 1,', /no lock file of Gild/],
    ['another JSON', '[]', /no lock file/],
    ['an unknown field', '{"schema":1,"architecture":"amd64","components":[],"x":1}', /x/],
    ['a newer schema', '{"schema":2}', /written by a newer Gild/],
  ])('that is %s is refused', (_what, text, message) => {
    expect(() => parseLockFile(text, 'gild.lock')).toThrow(message);
  });
});

describe('what is locked', () => {
  it('is the version of a component, until the recipe asks for another', () => {
    const file = fileOf(specOf([named('nginx')]));
    const versions = (spec: BuildSpec) =>
      pinVersions(spec, file).components.map(({ use }) => use.kind === 'named' && use.version);
    expect(versions(specOf([named('nginx')]))).toEqual(['1.2.0']);
    expect(versions(specOf([named('nginx', '2.x.x')]))).toEqual(['2.x.x']);
    expect(versions(specOf([named('other'), named('nginx')]))).toEqual(['latest', '1.2.0']);
  });

  it('is the base, for the same options from any mirror', () => {
    const file = fileOf(specOf([], { mirror: 'http://a', variant: 'minbase' }));
    expect(pinOfBase(specOf([], { mirror: 'http://b', variant: 'minbase' }), file, pins)).toEqual({
      digest: sha256('base'),
    });
    expect(pinOfBase(specOf([], { variant: 'apt' }), file, pins)).toBeUndefined();
    expect(
      pinOfBase({ ...specOf([], { variant: 'minbase' }), architecture: 'arm64' }, file, pins),
    ).toBeUndefined();
  });

  it('keeps what was recorded of a component when another comes before it', () => {
    const spec = specOf([named('nginx')]);
    const fresh = sha256('newer');
    const [entry] = fileOf(spec).components;
    const before: LockFile = {
      ...fileOf(spec),
      components: [{ use: 'nginx@latest', ...entry, fresh, packages: ['nginx 1 amd64'] }],
    };
    const both = specOf([named('first'), named('nginx')]);
    expect(fileOf(both, before).components[1]).toMatchObject({ fresh, packages: ['nginx 1 amd64'] });
    expect(withFacts(lockOf(both), both, before).components.map(({ facts }) => facts)).toEqual([
      undefined,
      fresh,
    ]);
  });

  it('differs in words', () => {
    const before = fileOf(specOf([named('nginx'), named('gone'), named('edited')]));
    const after = fileOf(specOf([named('nginx'), named('edited'), named('new')], { variant: 'apt' }));
    const components = after.components.map((entry) => ({
      ...entry,
      ...(entry.use === 'nginx@latest' && { version: '1.3.0' }),
      ...(entry.use === 'edited@latest' && { digest: sha256('edited') }),
    }));
    expect(differences(before, { ...after, components })).toEqual([
      'base debian:bookworm: other options',
      'nginx@latest: 1.2.0 -> 1.3.0',
      'edited@latest: 1.2.0 has other content',
      'new@latest: not locked',
      'gone@latest: no longer in the recipe',
    ]);
    expect(differences(before, before)).toEqual([]);
  });
});
