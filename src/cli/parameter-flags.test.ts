import { describe, expect, it } from 'vitest';
import { collectParameters, parameterArguments, splitList } from './parameter-flags.ts';

describe('collectParameters', () => {
  it.each([
    ['a=1', { a: '1' }],
    ['a=1,b=2', { a: '1', b: '2' }],
    ['list=x,y,z,other=2', { list: 'x,y,z', other: '2' }],
    ['a=b=c', { a: 'b=c' }],
    ['a-b_c=d e', { 'a-b_c': 'd e' }],
  ])('reads %s', (text, expected) => {
    expect(collectParameters(text, {})).toEqual(expected);
  });

  it('adds to what was there, and the last value counts', () => {
    expect(collectParameters('b=3', { a: '1', b: '2' })).toEqual({ a: '1', b: '3' });
  });

  it.each([['a'], ['=1'], ['a b=1'], ['a='], ['a=1,b=']])('refuses %j', (text) => {
    expect(() => collectParameters(text, {})).toThrow();
  });

  it('reads back what it writes', () => {
    const values = { one: 'a,b', two: 'c d' };
    const flags = parameterArguments(values).filter((word) => word !== '--parameters');
    expect(flags.reduce((before, text) => collectParameters(text, before), {})).toEqual(values);
  });
});

it('splits lists at commas, and adds to what was there', () => {
  expect(splitList('build, validate,', ['test'])).toEqual(['test', 'build', 'validate']);
});
