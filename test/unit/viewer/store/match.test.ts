import { describe, expect, it } from 'vitest';
import { matcherOf, matchesWildcard, QueryError } from '../../../../viewer/src/store/match.ts';

describe('wildcards', () => {
  it.each<[string, string, boolean]>([
    ['', '', true],
    ['*', '', true],
    ['?', '', false],
    ['a*', 'abc', true],
    ['*c', 'abc', true],
    ['a?c', 'abc', true],
    ['a?', 'abc', false],
    ['*b*', 'abc', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['*ab', 'aab', true],
    ['**a**', 'a', true],
    ['a.c', 'abc', false],
    ['(a+)+$', 'aaaa', false],
  ])('%s against %s', (pattern, text, expected) => {
    expect(matchesWildcard(pattern, text)).toBe(expected);
  });

  it.each<[string, string]>([
    ['*'.repeat(110), 'a'.repeat(10_000)],
    [`${'*'.repeat(110)}b`, 'a'.repeat(10_000)],
    [`${'*a'.repeat(500)}b`, 'a'.repeat(10_000)],
    [`*${'a'.repeat(1000)}b`, 'a'.repeat(10_000)],
    ['?*'.repeat(500), 'a'.repeat(10_000)],
  ])('take no time that grows out of hand: %#', (pattern, text) => {
    const started = performance.now();
    matcherOf([pattern])(text);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('know no upper and lower case, and any of several texts', () => {
    const matches = matcherOf(['1.2', 'CR*', '']);
    expect(['1.2', 'cranium', 'Cr', '', '1.2.3'].map(matches)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  it('are refused when they are long, exact texts are not', () => {
    expect(() => matcherOf(['*'.padEnd(1025, 'a')])).toThrow(QueryError);
    expect(() => matcherOf(Array.from({ length: 600 }, () => 'a*'))).toThrow(QueryError);
    expect(matcherOf(['a'.repeat(5000)])('a'.repeat(5000))).toBe(true);
  });
});
