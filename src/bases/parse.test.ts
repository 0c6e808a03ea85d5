import { describe, expect, it } from 'vitest';
import { GildError } from '../support/errors.ts';
import { bases, parseBase } from './index.ts';

function problem(
  reference: string,
  options?: Record<string, unknown>,
): { message: string; hint: string | undefined } {
  try {
    parseBase(reference, '/recipes', options);
  } catch (error) {
    if (error instanceof GildError && error.code === 'RECIPE_INVALID')
      return { message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error(`${reference} is accepted`);
}

describe('parseBase', () => {
  it.each([
    ['debian:bookworm', 'debian', { suite: 'bookworm', variant: 'minbase', include: [] }],
    ['debian:stable', 'debian', { suite: 'stable' }],
    [
      'docker.io/library/alpine:3.20',
      'registry',
      { registry: 'docker.io', repository: 'library/alpine', tag: '3.20' },
    ],
    ['registry:ghcr.io/a/b', 'registry', { registry: 'ghcr.io', repository: 'a/b', tag: 'latest' }],
    ['localhost:5000/x:1', 'registry', { registry: 'localhost:5000', repository: 'x', tag: '1' }],
    ['oci:./layout', 'oci', { path: '/recipes/layout' }],
    ['oci:../layout:1.0', 'oci', { path: '/layout', tag: '1.0' }],
    ['oci:/a:b/c', 'oci', { path: '/a:b/c' }],
    ['docker-archive:./a.tar', 'docker-archive', { path: '/recipes/a.tar' }],
    [
      'docker-archive:a.tar:docker.io/library/x:1',
      'docker-archive',
      { path: '/recipes/a.tar', name: 'docker.io/library/x:1' },
    ],
    ['rootfs:tree.tar.zst', 'rootfs', { path: '/recipes/tree.tar.zst' }],
    ['./tree.tar.gz', 'rootfs', { path: '/recipes/tree.tar.gz' }],
    ['/srv/tree.tar', 'rootfs', { path: '/srv/tree.tar' }],
    ['image:base', 'image', { name: 'base', version: 'latest' }],
    ['image:base@1.x.x', 'image', { name: 'base', version: '1.x.x' }],
    ['image:base@1.0.0/3', 'image', { name: 'base', version: '1.0.0', build: 3 }],
    ['scratch', 'scratch', {}],
  ])('reads %s', (reference, kind, options) => {
    expect(parseBase(reference, '/recipes')).toMatchObject({ kind, reference, options });
  });

  it.each([
    ['', /A base is debian:bookworm/],
    ['ubuntu:24.04', /write docker\.io\/library\/ubuntu:24\.04/],
    ['alpine', /write docker\.io\/library\/alpine/],
    ['node:22', /docker\.io\/library\/node:22/],
    ['bookworm', /Write debian:bookworm/],
    ['debain:bookworm', /Did you mean debian:bookworm\?/],
    ['debian', /A base is debian:bookworm/],
    ['debian:', /Known are: bullseye, bookworm/],
    ['debian:bokworm', /Did you mean debian:bookworm\?.*trixie.*unstable/],
    ['debian:12', /Did you mean debian:bookworm\?/],
    ['debian:12.5', /Did you mean debian:bookworm\?/],
    ['debian:bookworm-slim', /Did you mean debian:bookworm\?.*docker\.io\/library\/debian:bookworm-slim/],
    ['ocl:./layout', /Did you mean oci:\.\/layout\?/],
    ['docker-archiv:./a.tar', /Did you mean docker-archive:\.\/a\.tar\?/],
    ['docker://docker.io/library/alpine', /Write docker\.io\/library\/alpine/],
    ['https://example.com/a.tar', /A base is/],
    ['./layout', /Write oci:\.\/layout/],
    ['image:', /image:name@1\.2\.3/],
    ['image:base@1', /image:name@1\.2\.3/],
    ['image:base@latest/0', /image:name@1\.2\.3/],
    ['scratch:1', /Write: scratch/],
    ['debian:bookworm extra', /A base is/],
  ])('helps with %j', (reference, hint) => {
    expect(problem(reference).hint).toMatch(hint);
  });

  it.each([
    ['library/alpine', /did you mean docker\.io\/library\/alpine/],
    ['docker.io/UPPER', /not a repository name/],
    ['docker.io/x@sha256:1', /64 lower-case hex digits/],
  ])('says what is wrong with %s', (reference, message) => {
    expect(problem(reference).message).toMatch(message);
  });

  it('takes the options of a kind and refuses others', () => {
    const options = {
      include: ['curl', 'ca-certificates', 'curl'],
      variant: 'apt',
      mirror: 'https://example.com/debian/',
    };
    expect(parseBase('debian:trixie', '/', options).options).toMatchObject({
      include: ['ca-certificates', 'curl'],
      variant: 'apt',
      mirror: 'https://example.com/debian',
    });
    expect(problem('debian:trixie', { includes: [] }).hint).toMatch(/Did you mean "include"\?/);
    expect(problem('debian:trixie', { variant: 'tiny' }).hint).toMatch(/minbase/);
    expect(problem('debian:trixie', { include: ['--hook=x'] }).message).toMatch(/package names/);
    expect(problem('debian:trixie', { mirror: 'file:///etc' }).message).toMatch(/mirror/);
    expect(problem('debian:trixie', { mirror: 'http://user:pass@example.com' }).message).toMatch(/mirror/);
    expect(problem('docker.io/a/b', { insecure: 'yes' }).message).toMatch(/true or false/);
    expect(problem('scratch', { variant: 'x' }).hint).toMatch(/none/);
  });

  it('knows each kind once', () => {
    const kinds = bases.map(({ kind }) => kind);
    expect(new Set(kinds).size).toBe(kinds.length);
  });
});
