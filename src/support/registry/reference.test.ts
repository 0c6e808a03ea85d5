import { describe, expect, it } from 'vitest';
import { formatImageReference, parseImageReference } from './reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('parseImageReference', () => {
  it.each([
    ['docker.io/library/alpine:3.20', { registry: 'docker.io', repository: 'library/alpine', tag: '3.20' }],
    ['docker.io/alpine', { registry: 'docker.io', repository: 'library/alpine', tag: 'latest' }],
    ['ghcr.io/a/b/c', { registry: 'ghcr.io', repository: 'a/b/c', tag: 'latest' }],
    ['localhost/x', { registry: 'localhost', repository: 'x', tag: 'latest' }],
    ['localhost:5000/x:1', { registry: 'localhost:5000', repository: 'x', tag: '1' }],
    ['[::1]:5000/x', { registry: '[::1]:5000', repository: 'x', tag: 'latest' }],
    [`localhost:5000/x@${digest}`, { registry: 'localhost:5000', repository: 'x', digest }],
    [`quay.io/x:1@${digest}`, { registry: 'quay.io', repository: 'x', tag: '1', digest }],
  ])('reads %s', (text, expected) => {
    expect(parseImageReference(text)).toEqual(expected);
  });

  it.each([
    ['alpine', 'needs a registry'],
    ['library/alpine:3', 'did you mean docker.io/library/alpine:3?'],
    ['docker.io/Library/Alpine', 'not a repository name'],
    ['docker.io/../x', 'not a repository name'],
    ['docker.io/a//b', 'not a repository name'],
    ['docker.io/a:b:c', 'more than one tag'],
    ['docker.io/a:', 'not a tag'],
    ['docker.io/a@sha256:12', '64 lower-case hex digits'],
    [`docker.io/a@sha512:${'a'.repeat(128)}`, 'sha256'],
    ['user:secret@docker.io/a', 'sha256'],
    ['a b.io/x', 'not a registry'],
    ['evil.io?x=/y', 'not a registry'],
    ['evil.io#/y', 'not a registry'],
    ['-x.io/y', 'not a registry'],
    ['/x', 'needs a registry'],
    [`docker.io/${'a'.repeat(300)}`, 'not a repository name'],
  ])('says what is wrong with %s', (text, expected) => {
    expect(parseImageReference(text)).toContain(expected);
  });

  it('writes what it read', () => {
    const text = `localhost:5000/some/image:1.0@${digest}`;
    const image = parseImageReference(text);
    expect(typeof image === 'string' ? image : formatImageReference(image)).toBe(text);
  });
});
