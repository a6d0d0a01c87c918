import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob } from '../src/glob.js';

/** The obvious definition, exponential where the automaton is not. */
function matches(pattern: readonly string[], text: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  if (first === '*') return matches(rest, text) || (text.length > 0 && matches(pattern, text.slice(1)));
  return text.length > 0 && (first === '?' || first === text[0]) && matches(rest, text.slice(1));
}

const letters = ['a', 'b', '\u{1f600}', '\ud800', '.', '\\', '[', '\n'];
const text = fc.string({ unit: fc.constantFrom(...letters), maxLength: 8 });
const pattern = fc.string({ unit: fc.constantFrom(...letters, '*', '*', '?', '?'), maxLength: 8 });

describe('compileGlob', () => {
  it('means what the definition says', () => {
    fc.assert(
      fc.property(pattern, text, (glob, given) => {
        expect(compileGlob(glob)(given)).toBe(matches(Array.from(glob), Array.from(given)));
      }),
      { numRuns: 3000 },
    );
  });

  it('means the same for patterns longer than a machine word', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, fc.constantFrom('*', '?', '')), { minLength: 8, maxLength: 20 }),
        (parts) => {
          const glob = parts.map(([literal, wildcard]) => literal + wildcard).join('');
          const given = parts
            .map(([literal, wildcard]) => literal + { '*': 'anything', '?': '!', '': '' }[wildcard])
            .join('');
          expect(compileGlob(glob)(given)).toBe(true);
          expect(compileGlob(glob)(`${given}-`)).toBe(/\*\?*$/.test(glob));
        },
      ),
    );
  });

  it.each([31, 32, 33, 63, 64, 65])('matches a literal of %d characters and nothing near it', (length) => {
    const glob = 'a'.repeat(length);
    const test = compileGlob(glob);
    expect([test(glob), test(glob.slice(1)), test(`${glob}a`), test(`${glob.slice(1)}b`)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('does not blow up on the patterns that make others backtrack', () => {
    const test = compileGlob(`${'*a'.repeat(60)}*b`);
    expect(test('a'.repeat(100_000))).toBe(false);
  });
});
